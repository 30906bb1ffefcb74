package org.comfyee.workflow.execution;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.comfyee.workflow.node.InterruptedPromptException;

/** One run of one prompt, from {@code execution_start} to its end. */
final class PromptRun {
    private final WorkflowExecutor host;
    private final ExecutionRequest request;
    private final EventSink sink;
    private final Interrupt interrupt;
    private final DynamicPrompt dynamic;
    private final CacheKeys keys;
    private final ExecutionList pending;
    private final ProgressState progress;
    /** Results that this run reads; held here so that no cache can take them away before their last reader. */
    private final Map<String, CachedOutput> results = new HashMap<>();
    private final Map<String, CachedOutput.Shown> shown = new HashMap<>();
    private final Set<String> executed = new LinkedHashSet<>();
    private final List<List<Object>> messages = new ArrayList<>();
    private Optional<Map<String, Object>> told = Optional.empty();

    PromptRun(WorkflowExecutor host, ExecutionRequest request, EventSink sink, Interrupt interrupt) {
        this.host = host;
        this.request = request;
        this.sink = sink;
        this.interrupt = interrupt;
        dynamic = new DynamicPrompt(request.prompt());
        keys = new CacheKeys(dynamic, host.registry(), host.folders());
        pending = new ExecutionList(dynamic, host.registry(), id -> result(id).isPresent());
        progress = new ProgressState(request.promptId(), dynamic, sink);
    }

    WorkflowExecutor host() {
        return host;
    }

    ExecutionRequest request() {
        return request;
    }

    EventSink sink() {
        return sink;
    }

    Interrupt interrupt() {
        return interrupt;
    }

    DynamicPrompt dynamic() {
        return dynamic;
    }

    ProgressState progress() {
        return progress;
    }

    ExecutionList pending() {
        return pending;
    }

    Set<String> executed() {
        return executed;
    }

    ExecutionResult run() {
        report("execution_start", new LinkedHashMap<>(), false);
        host.cache().begin(request.prompt().keySet().stream().map(keys::of).toList());
        var cached = new LinkedHashMap<String, Object>();
        cached.put("nodes", request.prompt().keySet().stream().filter(id -> result(id).isPresent()).toList());
        report("execution_cached", cached, false);
        boolean success = runNodes();
        if (success) {
            report("execution_success", new LinkedHashMap<>(), false);
        }
        return ended(success);
    }

    private boolean runNodes() {
        var steps = new NodeSteps(this);
        try {
            request.outputs().forEach(pending::add);
        } catch (IllegalArgumentException e) {
            fail(new NodeFailure(request.outputs().getFirst(), e, Map.of()));
            return false;
        }
        while (!pending.isEmpty()) {
            var next = pending.next();
            if (next.isEmpty()) {
                fail(NodeFailure.cycle(pending.culprit()));
                return false;
            }
            try {
                if (steps.run(next.get())) {
                    complete(next.get());
                }
            } catch (NodeFailure failure) {
                fail(failure);
                return false;
            }
        }
        return true;
    }

    private void complete(String id) {
        pending.complete(id);
        // With no cache to keep them, values go as soon as nobody waits for them.
        dynamic.node(id).links().values().forEach(link -> {
            if (!pending.isAwaited(link.node())) {
                results.remove(link.node());
            }
        });
    }

    /** The prompt as nodes are told it, and as they write it into files. */
    Map<String, Object> told() {
        if (told.isEmpty()) {
            told = Optional.of(keys.withFingerprints(request.prompt()));
        }
        return told.get();
    }

    /** What a node gave, in this run or an earlier one. */
    Optional<CachedOutput> result(String id) {
        if (results.containsKey(id) || !dynamic.has(id)) {
            return Optional.ofNullable(results.get(id));
        }
        var found = host.cache().get(keys.of(id));
        found.ifPresent(output -> hold(id, output));
        return found;
    }

    private void hold(String id, CachedOutput output) {
        results.put(id, output);
        output.shown().ifPresent(each -> shown.put(id, each));
    }

    void finish(String id, CachedOutput output) {
        hold(id, output);
        executed.add(id);
        host.cache().put(keys.of(id), output);
        progress.finish(id);
    }

    /** Tells the prompt's client something that history does not keep. */
    void tell(String type, Map<String, Object> data) {
        data.put("prompt_id", request.promptId());
        sink.emit(new WorkflowEvent.Message(type, data, false));
    }

    private void report(String type, LinkedHashMap<String, Object> data, boolean everyone) {
        data.put("prompt_id", request.promptId());
        data.put("timestamp", System.currentTimeMillis());
        messages.add(List.of(type, data));
        sink.emit(new WorkflowEvent.Message(type, data, everyone));
    }

    private void fail(NodeFailure failure) {
        var realId = dynamic.has(failure.nodeId()) ? dynamic.realId(failure.nodeId()) : failure.nodeId();
        var data = new LinkedHashMap<String, Object>();
        data.put("prompt_id", request.promptId());
        data.put("node_id", realId);
        data.put("node_type", dynamic.has(realId) ? dynamic.node(realId).classType() : "");
        data.put("executed", List.copyOf(executed));
        if (failure.getCause() instanceof InterruptedPromptException) {
            report("execution_interrupted", data, true);
        } else {
            data.putAll(failure.details());
            data.put("current_outputs", List.copyOf(dynamic.ids()));
            report("execution_error", data, false);
        }
    }

    private ExecutionResult ended(boolean success) {
        var outputs = new LinkedHashMap<String, Object>();
        var meta = new LinkedHashMap<String, Object>();
        for (var id : dynamic.ids()) {
            var each = shown.get(id);
            if (each != null) {
                outputs.put(id, each.output());
                meta.put(id, each.meta());
            }
        }
        return new ExecutionResult(success, outputs, meta, List.copyOf(messages));
    }
}
