package org.comfyee.worker;

import jakarta.ejb.ActivationConfigProperty;
import jakarta.ejb.EJB;
import jakarta.ejb.MessageDriven;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageListener;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.comfyee.cluster.event.ClusterEvent;
import org.comfyee.cluster.queue.PromptRequest;
import org.comfyee.workflow.execution.ExecutionResult;
import org.comfyee.workflow.execution.WorkflowEvent;
import org.comfyee.workflow.json.Json;

/**
 * Takes prompts from the queue: claims, runs, records, and only then lets the broker forget the message. Whatever dies on
 * the way, the prompt is recorded once.
 */
@MessageDriven(activationConfig = {
    @ActivationConfigProperty(propertyName = "uri", propertyValue = "${MPCONFIG=comfyee.distributed-queue-connection-uri}"),
    @ActivationConfigProperty(propertyName = "queue", propertyValue = "${MPCONFIG=comfyee.distributed-queue-name:comfyui}"),
    @ActivationConfigProperty(propertyName = "maxSession", propertyValue = "1")
})
@TransactionManagement(TransactionManagementType.BEAN)
public class PromptRunner implements MessageListener {
    private static final System.Logger LOG = System.getLogger(PromptRunner.class.getName());
    /** How the adapter is told to settle a message, with Qpid JMS's numbers. */
    private static final String ACKNOWLEDGEMENT = "JMS_AMQP_ACK_TYPE";
    private static final int REJECTED = 2;
    private static final int RELEASED = 3;
    private static final long PAUSE_MILLIS = 1_000;

    @EJB
    private WorkerNode worker;

    @Override
    public void onMessage(Message message) {
        try {
            PromptRequest request;
            try {
                request = PromptRequest.parse(message.getBody(String.class));
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, "a message in the prompt queue is no prompt and goes to the dead letters: " + e.getMessage());
                message.setIntProperty(ACKNOWLEDGEMENT, REJECTED);
                return;
            }
            switch (worker.cluster().ledger().claim(request, worker.id())) {
                case RUN -> runOrGiveBack(request, message);
                case DROP -> LOG.log(Level.DEBUG, "prompt " + request.promptId() + " is finished or cancelled");
                case BUSY_ELSEWHERE -> {
                    Thread.sleep(PAUSE_MILLIS);
                    message.setIntProperty(ACKNOWLEDGEMENT, RELEASED);
                }
                case EXHAUSTED -> {
                    giveUp(request);
                    message.setIntProperty(ACKNOWLEDGEMENT, REJECTED);
                }
            }
        } catch (JMSException e) {
            throw new IllegalStateException("a message cannot be read: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the worker is stopping", e);
        }
    }

    /**
     * What fails here is the worker or the data grid, not the workflow. The message is given back uncounted: the ledger
     * counts, and whoever claims the prompt once too often ends it for its client to see. If the broker counted, it would
     * put the message aside while the client still waits.
     */
    private void runOrGiveBack(PromptRequest request, Message message) throws JMSException, InterruptedException {
        try {
            run(request);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "prompt " + request.promptId() + " could not be run and is given back", e);
            message.setIntProperty(ACKNOWLEDGEMENT, RELEASED);
            Thread.sleep(PAUSE_MILLIS);
            worker.cluster().ledger().giveBack(request, worker.id());
        }
    }

    private void run(PromptRequest request) {
        var cluster = worker.cluster();
        cluster.publishStatus();
        var last = new ArrayList<ClusterEvent>();
        var result = worker.run(request, event -> {
            var published = toClusterEvent(request, event);
            if (event instanceof WorkflowEvent.Message message && isLast(message)) {
                // A client that hears of the end must find the prompt in the history.
                last.add(published);
            } else if (published.everyone() || !published.clientId().isEmpty()) {
                cluster.events().publish(published);
            }
        });
        record(request, result, last);
    }

    private static boolean isLast(WorkflowEvent.Message message) {
        return switch (message.type()) {
            case "execution_success", "execution_interrupted" -> true;
            // An error without a time is that of a blocked node, after which the prompt goes on.
            case "execution_error" -> message.data().containsKey("timestamp");
            default -> false;
        };
    }

    private static ClusterEvent toClusterEvent(PromptRequest request, WorkflowEvent event) {
        var client = request.clientId().orElse("");
        return switch (event) {
            case WorkflowEvent.Message message ->
                    ClusterEvent.message(client, message.everyone() && client.isEmpty(), message.type(), message.data());
            case WorkflowEvent.PreviewImage preview -> {
                var data = new LinkedHashMap<String, Object>();
                data.put("node_id", preview.nodeId());
                data.put("prompt_id", preview.promptId());
                data.put("display_node_id", preview.displayNodeId());
                data.put("parent_node_id", preview.parentNodeId().orElse(null));
                data.put("real_node_id", preview.realNodeId());
                data.put("image_type", preview.preview().mimeType());
                yield new ClusterEvent(ClusterEvent.Kind.PREVIEW, client, client.isEmpty(), data, preview.preview().image());
            }
            case WorkflowEvent.ProgressText text ->
                    new ClusterEvent(ClusterEvent.Kind.TEXT, "", true, Map.of("node_id", text.nodeId(), "text", text.text()), new byte[0]);
        };
    }

    private void record(PromptRequest request, ExecutionResult result, List<ClusterEvent> last) {
        var cluster = worker.cluster();
        if (cluster.ledger().isFinished(request.promptId())) {
            LOG.log(Level.INFO, "prompt " + request.promptId() + " was finished by another worker meanwhile");
            return;
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
        cluster.history().record(request.promptId(), Json.write(entry));
        cluster.ledger().finish(request);
        last.stream().filter(event -> event.everyone() || !event.clientId().isEmpty()).forEach(cluster.events()::publish);
        cluster.publishStatus();
        request.clientId().ifPresent(client -> cluster.events().publish(endMarker(client, request.promptId())));
        LOG.log(Level.INFO, "prompt " + request.promptId() + ": " + result.statusText());
    }

    private static ClusterEvent endMarker(String client, String promptId) {
        var data = new LinkedHashMap<String, Object>();
        data.put("node", null);
        data.put("prompt_id", promptId);
        return ClusterEvent.message(client, false, "executing", data);
    }

    /** Ends a prompt that took down every worker that tried it. */
    private void giveUp(PromptRequest request) {
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
        var event = ClusterEvent.message(request.clientId().orElse(""), false, "execution_error", data);
        record(request, new ExecutionResult(false, Map.of(), Map.of(), List.of(List.of("execution_error", data))), List.of(event));
    }
}
