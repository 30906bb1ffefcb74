package org.comfyee.web.prompt;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.comfyee.cluster.Cluster;
import org.comfyee.cluster.queue.PromptRequest;
import org.comfyee.workflow.json.Json;

/** Prompts of every state in one form: waiting, running and ended. */
public final class Jobs {
    /** The states of jobs. */
    public static final List<String> STATES = List.of("pending", "in_progress", "completed", "failed", "cancelled");

    private static final Set<String> MEDIA = Set.of("images", "video", "audio");
    private static final Set<String> ENDS = Set.of("execution_success", "execution_error", "execution_interrupted");
    private static final List<String> MODELS = List.of(".obj", ".fbx", ".gltf", ".glb");

    private final Cluster cluster;
    /** The jobs of history entries that were read before, by prompt id, so that not all are parsed anew with each request. */
    private final Map<String, Known> known = new ConcurrentHashMap<>();

    /** Of an entry's text so much is kept that another prompt of that id, which has other times, is told from it. */
    private record Known(int length, int hash, Map<String, Object> job) {
        Known(String entry, Map<String, Object> job) {
            this(entry.length(), entry.hashCode(), job);
        }

        boolean isOf(String entry) {
            return entry.length() == length && entry.hashCode() == hash;
        }
    }

    public Jobs(Cluster cluster) {
        this.cluster = cluster;
    }

    /** All jobs without their outputs, in no order, to be read only. */
    public List<Map<String, Object>> all() {
        var jobs = open();
        var history = cluster.history().list(Optional.empty(), 0);
        known.keySet().retainAll(history.keySet());
        history.forEach((id, entry) -> jobs.add(known(id, entry)));
        return jobs;
    }

    private Map<String, Object> known(String id, String entry) {
        var before = known.get(id);
        if (before != null && before.isOf(entry)) {
            return before.job();
        }
        var job = Collections.unmodifiableMap(ended(id, Json.parseObject(entry)));
        known.put(id, new Known(entry, job));
        return job;
    }

    private List<Map<String, Object>> open() {
        var jobs = new ArrayList<Map<String, Object>>();
        cluster.ledger().running().forEach(request -> jobs.add(open(request, "in_progress")));
        cluster.ledger().pending().forEach(request -> jobs.add(open(request, "pending")));
        return jobs;
    }

    /** A job with its workflow; one that has ended also with its outputs and status. */
    public Optional<Map<String, Object>> find(String id) {
        var entry = cluster.history().find(id).map(Json::parseObject);
        if (entry.isEmpty()) {
            return open().stream().filter(job -> job.get("id").equals(id)).findFirst()
                    .flatMap(job -> cluster.ledger().request(id).map(request -> withWorkflow(job, request.toItem())));
        }
        var job = ended(id, entry.get());
        job.put("outputs", entry.get().get("outputs"));
        job.put("execution_status", entry.get().get("status"));
        return Optional.of(withWorkflow(job, (List<?>) entry.get().get("prompt")));
    }

    private static Map<String, Object> withWorkflow(Map<String, Object> job, List<?> item) {
        var workflow = new LinkedHashMap<String, Object>();
        workflow.put("prompt", item.get(2));
        workflow.put("extra_data", item.get(3));
        job.put("workflow", workflow);
        return job;
    }

    /** How jobs are ordered by {@code created_at} or {@code execution_duration}, the least first. */
    public static Comparator<Map<String, Object>> order(String by) {
        return by.equals("created_at")
                ? Comparator.comparingDouble(job -> number(job, "create_time"))
                : Comparator.comparingDouble(job -> number(job, "execution_end_time") - number(job, "execution_start_time"));
    }

    private static double number(Map<String, Object> job, String name) {
        return job.get(name) instanceof Number number ? number.doubleValue() : 0;
    }

    private static Map<String, Object> open(PromptRequest request, String state) {
        return job(request.promptId(), state, request.number(), request.extraData(), Optional.of(request.createdMillis()), 0);
    }

    private static Map<String, Object> job(String id, String state, Object priority, Map<String, Object> extraData, Optional<Object> created, int outputs) {
        var job = new LinkedHashMap<String, Object>();
        job.put("id", id);
        job.put("status", state);
        job.put("priority", priority);
        Optional.ofNullable(extraData.get("create_time")).or(() -> created).ifPresent(time -> job.put("create_time", time));
        job.put("outputs_count", outputs);
        Json.object(extraData.get("extra_pnginfo"))
                .flatMap(info -> Json.object(info.get("workflow")))
                .map(workflow -> workflow.get("id"))
                .ifPresent(workflow -> job.put("workflow_id", workflow));
        return job;
    }

    private static Map<String, Object> ended(String id, Map<String, Object> entry) {
        var item = (List<?>) entry.get("prompt");
        var status = Json.object(entry.get("status")).orElse(Map.of());
        var outputs = Json.object(entry.get("outputs")).orElse(Map.of());
        var messages = messages(status);
        var start = Optional.ofNullable(messages.get("execution_start")).map(data -> data.get("timestamp"));
        // What ended without having begun has its end; clients refuse a list in which a job has no time.
        var created = start.or(() -> messages.values().stream().map(data -> data.get("timestamp")).filter(Objects::nonNull).findFirst());
        var job = job(id, state(status, messages), item.getFirst(), Json.object(item.get(3)).orElse(Map.of()), created, count(outputs));
        start.ifPresent(time -> job.put("execution_start_time", time));
        messages.forEach((type, data) -> {
            if (ENDS.contains(type)) {
                job.put("execution_end_time", data.get("timestamp"));
            }
        });
        Optional.ofNullable(messages.get("execution_error")).ifPresent(error -> job.put("execution_error", error));
        preview(outputs).ifPresent(preview -> job.put("preview_output", preview));
        return job;
    }

    /** The data of the recorded messages by their types. */
    private static Map<String, Map<String, Object>> messages(Map<String, Object> status) {
        var messages = new LinkedHashMap<String, Map<String, Object>>();
        if (status.get("messages") instanceof List<?> list) {
            for (var message : list) {
                if (message instanceof List<?> pair && pair.size() == 2) {
                    messages.put(String.valueOf(pair.getFirst()), Json.object(pair.getLast()).orElse(Map.of()));
                }
            }
        }
        return messages;
    }

    private static String state(Map<String, Object> status, Map<String, Map<String, Object>> messages) {
        if (!"error".equals(status.get("status_str"))) {
            return "completed";
        }
        return messages.containsKey("execution_interrupted") ? "cancelled" : "failed";
    }

    private static int count(Map<String, Object> outputs) {
        return (int) outputs.values().stream()
                .flatMap(output -> Json.object(output).orElse(Map.of()).entrySet().stream())
                .filter(entry -> !entry.getKey().equals("animated") && entry.getValue() instanceof List<?>)
                .flatMap(entry -> ((List<?>) entry.getValue()).stream())
                .filter(Map.class::isInstance)
                .count();
    }

    /** The first saved output that can be shown, else the first that can. */
    private static Optional<Map<String, Object>> preview(Map<String, Object> outputs) {
        var shown = new ArrayList<Map<String, Object>>();
        outputs.forEach((node, output) -> Json.object(output).orElse(Map.of()).forEach((kind, items) -> {
            for (var item : items instanceof List<?> list ? list : List.of()) {
                Json.object(item).filter(each -> isShown(kind, each)).ifPresent(each -> {
                    var preview = new LinkedHashMap<>(each);
                    preview.put("nodeId", node);
                    preview.put("mediaType", kind);
                    shown.add(preview);
                });
            }
        }));
        return shown.stream().filter(item -> "output".equals(item.get("type"))).findFirst().or(() -> shown.stream().findFirst());
    }

    private static boolean isShown(String kind, Map<String, Object> item) {
        var format = String.valueOf(item.get("format"));
        var name = String.valueOf(item.get("filename")).toLowerCase(java.util.Locale.ROOT);
        return MEDIA.contains(kind) || format.startsWith("video/") || format.startsWith("audio/") || MODELS.stream().anyMatch(name::endsWith);
    }
}
