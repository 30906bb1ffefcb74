package org.comfyee.worker;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.comfyee.cluster.Cluster;
import org.comfyee.cluster.event.ClusterEvent;
import org.comfyee.cluster.ledger.PromptLedger.Outcome;
import org.comfyee.cluster.queue.PromptRequest;
import org.comfyee.workflow.execution.EventSink;
import org.comfyee.workflow.execution.ExecutionResult;
import org.comfyee.workflow.execution.WorkflowEvent;
import org.comfyee.workflow.json.Json;

/** Tells the cluster how a prompt goes and records how it ended. */
final class PromptRecorder implements EventSink {
    private static final System.Logger LOG = System.getLogger(PromptRecorder.class.getName());

    private final Cluster cluster;
    private final PromptRequest request;
    private final String worker;
    private final Consumer<String> atNode;
    private final String client;
    /** Whether the prompt is nobody's, so that all hear of its progress. One of a client with an empty name is heard of by none. */
    private final boolean nobodys;
    /** Told after the recording: a client that hears of the end must find the prompt in the history. */
    private final List<ClusterEvent> last = new ArrayList<>();

    /**
     * @param worker who runs it, as the ledger knows it
     * @param atNode is told which node begins, as clients see it
     */
    PromptRecorder(Cluster cluster, PromptRequest request, String worker, Consumer<String> atNode) {
        this.cluster = cluster;
        this.request = request;
        this.worker = worker;
        this.atNode = atNode;
        client = request.clientId().orElse("");
        nobodys = request.extraData().get("client_id") == null;
    }

    @Override
    public void emit(WorkflowEvent event) {
        if (event instanceof WorkflowEvent.Message message && message.type().equals("executing")) {
            atNode.accept((String) message.data().get("display_node"));
        }
        var published = toClusterEvent(event);
        if (event instanceof WorkflowEvent.Message message && isLast(message)) {
            last.add(published);
        } else if (published.isAddressed()) {
            cluster.events().publish(published);
        }
    }

    private static boolean isLast(WorkflowEvent.Message message) {
        return switch (message.type()) {
            case "execution_success", "execution_interrupted" -> true;
            // An error without a time is that of a blocked node, after which the prompt goes on.
            case "execution_error" -> message.data().containsKey("timestamp");
            default -> false;
        };
    }

    private ClusterEvent toClusterEvent(WorkflowEvent event) {
        return switch (event) {
            case WorkflowEvent.Message message ->
                    ClusterEvent.message(client, message.everyone() && nobodys, message.type(), message.data());
            case WorkflowEvent.ProgressText text -> ClusterEvent.text(text.nodeId(), text.text());
            case WorkflowEvent.PreviewImage preview -> {
                var data = new LinkedHashMap<String, Object>();
                data.put("node_id", preview.nodeId());
                data.put("prompt_id", preview.promptId());
                data.put("display_node_id", preview.displayNodeId());
                data.put("parent_node_id", preview.parentNodeId().orElse(null));
                data.put("real_node_id", preview.realNodeId());
                data.put("image_type", preview.preview().mimeType());
                yield ClusterEvent.preview(client, nobodys, data, preview.preview().image());
            }
        };
    }

    /**
     * Records the result, then tells of it.
     *
     * @return how the prompt ended; empty if that is another worker's to say
     */
    Optional<Outcome> record(ExecutionResult result, Outcome outcome) {
        if (!cluster.ledger().claimEnd(request, worker)) {
            LOG.log(Level.INFO, "prompt " + request.promptId() + " was given to another worker meanwhile, which records its end");
            return Optional.empty();
        }
        var status = new LinkedHashMap<String, Object>();
        status.put("status_str", result.statusText());
        status.put("completed", result.success());
        status.put("messages", result.messages());
        var entry = new LinkedHashMap<String, Object>();
        entry.put("prompt", request.toItem());
        entry.put("outputs", result.outputs());
        entry.put("status", status);
        entry.put("meta", result.meta());
        cluster.recordEnd(request, outcome, Json.write(entry));
        last.stream().filter(ClusterEvent::isAddressed).forEach(cluster.events()::publish);
        cluster.publishStatus();
        request.clientId().ifPresent(id -> cluster.events().publish(endMarker(id)));
        LOG.log(Level.INFO, "prompt " + request.promptId() + ": " + result.statusText());
        return Optional.of(outcome);
    }

    private ClusterEvent endMarker(String clientId) {
        var data = new LinkedHashMap<String, Object>();
        data.put("node", null);
        data.put("prompt_id", request.promptId());
        return ClusterEvent.message(clientId, false, "executing", data);
    }

    /** Ends a prompt that took down every worker that tried it. */
    Optional<Outcome> giveUp() {
        var data = new LinkedHashMap<String, Object>();
        data.put("prompt_id", request.promptId());
        data.put("node_id", request.outputs().getFirst());
        data.put("node_type", "");
        data.put("executed", List.of());
        data.put("exception_message", "The prompt was given up: each worker that ran it went down.\n");
        data.put("exception_type", "WorkerLost");
        data.put("traceback", List.of());
        data.put("current_inputs", List.of());
        data.put("current_outputs", List.of());
        data.put("timestamp", System.currentTimeMillis());
        last.add(ClusterEvent.message(client, false, "execution_error", data));
        return record(new ExecutionResult(false, Map.of(), Map.of(), List.of(List.of("execution_error", data))), Outcome.EXHAUSTED);
    }
}
