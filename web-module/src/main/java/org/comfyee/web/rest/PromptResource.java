package org.comfyee.web.rest;

import jakarta.annotation.PostConstruct;
import jakarta.ejb.EJB;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.comfyee.cluster.queue.PromptRequest;
import org.comfyee.cluster.queue.QueueUnavailableException;
import org.comfyee.web.FrontEnd;
import org.comfyee.workflow.graph.Targets;
import org.comfyee.workflow.json.Json;
import org.comfyee.workflow.json.PythonNumber;
import org.comfyee.workflow.json.PythonText;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** {@code /prompt}: how many prompts there are, and one more. Asked so often that it is made once, not for each request. */
@Path("/prompt")
@ApplicationScoped
@Tag(ref = "prompts")
public class PromptResource {
    private static final String TARGETS = "partial_execution_targets";

    @EJB
    private FrontEnd frontEnd;

    /** The bean without its container, in which each call costs as much as a prompt's validation. */
    private FrontEnd server;

    @PostConstruct
    void prepare() {
        server = frontEnd.itself();
    }

    @GET
    @Operation(summary = "How many prompts wait or run")
    public Response remaining() {
        return Answers.json(Map.of("exec_info", Map.of("queue_remaining", server.cluster().ledger().remaining())));
    }

    @POST
    @Operation(summary = "Puts a prompt into the queue and answers with its id and what is wrong with it, if anything")
    public Response submit(String body) throws QueueUnavailableException {
        var request = Json.parseObject(body);
        var number = number(request);
        var prompt = Json.object(request.get("prompt"));
        if (prompt.isEmpty()) {
            return Failures.error(400, "no_prompt", "No prompt provided", "No prompt provided");
        }
        var checked = server.validate(prompt.get(), targets(request.get(TARGETS), prompt.get().keySet()));
        if (!checked.isAccepted()) {
            var refusal = new LinkedHashMap<String, Object>();
            refusal.put("error", checked.error().orElseThrow());
            refusal.put("node_errors", checked.nodeErrors());
            return Answers.json(400, refusal);
        }
        var extraData = extraData(request.get("extra_data"));
        if (request.containsKey("client_id")) {
            extraData.put("client_id", request.get("client_id"));
        }
        var id = id(request.get("prompt_id"));
        server.submit(new PromptRequest(id, number, checked.prompt(), extraData, checked.goodOutputs(), System.currentTimeMillis()));
        var accepted = new LinkedHashMap<String, Object>();
        accepted.put("prompt_id", id);
        accepted.put("number", number);
        accepted.put("node_errors", checked.nodeErrors());
        return Answers.json(accepted);
    }

    private static Optional<Set<String>> targets(Object value, Set<String> nodes) {
        try {
            return Targets.of(value, nodes);
        } catch (IllegalArgumentException e) {
            throw new BadValueException(TARGETS, PythonText.str(value), "a list of ids of nodes");
        }
    }

    private Number number(Map<String, Object> request) {
        if (request.containsKey("number")) {
            return ownNumber(request.get("number"));
        }
        long next = server.cluster().ledger().nextNumber();
        return Json.isTrue(request.get("front")) ? -next : next;
    }

    private static double ownNumber(Object value) {
        try {
            double number = PythonNumber.real(value);
            // What is no number has no place among others.
            if (!Double.isNaN(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            // As what is no number.
        }
        throw new BadValueException("number", PythonText.str(value), "a number or text that reads as one");
    }

    private static Map<String, Object> extraData(Object value) {
        if (value == null) {
            return new LinkedHashMap<>();
        }
        return new LinkedHashMap<>(Json.object(value).orElseThrow(() -> new BadValueException("extra_data", PythonText.str(value), "an object")));
    }

    private static String id(Object value) {
        var id = value == null ? "" : PythonText.str(value);
        // It stands in lines of logs, and is stored as UTF-8.
        if (id.codePoints().anyMatch(each -> Character.isISOControl(each) || Character.getType(each) == Character.SURROGATE)) {
            throw new BadValueException("prompt_id", id, "text without control characters");
        }
        return id.isEmpty() ? UUID.randomUUID().toString() : id;
    }
}
