package org.comfyee.web.rest;

import jakarta.ejb.EJB;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.comfyee.cluster.queue.PromptRequest;
import org.comfyee.web.FrontEnd;
import org.comfyee.workflow.json.Json;
import org.comfyee.workflow.json.JsonException;
import org.comfyee.workflow.json.PythonText;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What waits and runs in the whole cluster, and how to take it back. */
@Path("/")
@RequestScoped
@Tag(ref = "prompts")
public class QueueResource {
    @EJB
    private FrontEnd frontEnd;

    @GET
    @Path("queue")
    @Operation(summary = "The prompts that run and that wait")
    public Response queue() {
        var ledger = frontEnd.cluster().ledger();
        var queue = new LinkedHashMap<String, Object>();
        queue.put("queue_running", ledger.running().stream().map(PromptRequest::toItem).toList());
        queue.put("queue_pending", ledger.pending().stream().map(PromptRequest::toItem).toList());
        return Answers.json(queue);
    }

    @POST
    @Path("queue")
    @Operation(summary = "Takes all waiting prompts back ({\"clear\": true}) or some ({\"delete\": [ids]})")
    public Response changeQueue(String body) {
        var change = Json.parseObject(body);
        if (Json.isTrue(change.get("clear"))) {
            frontEnd.cluster().cancel(Optional.empty());
        }
        if (change.get("delete") instanceof List<?> ids) {
            frontEnd.cluster().cancel(Optional.of(ids.stream().map(String::valueOf).toList()));
        }
        return Answers.empty();
    }

    @POST
    @Path("interrupt")
    @Operation(summary = "Ends the running prompt of an id ({\"prompt_id\"}), or whatever runs")
    public Response interrupt(String body) {
        frontEnd.cluster().interrupt(Optional.ofNullable(tolerant(body).get("prompt_id")).filter(Json::isTrue).map(PythonText::str));
        return Answers.empty();
    }

    /** Clients send anything here, or nothing. */
    private static Map<String, Object> tolerant(String body) {
        try {
            return body.isBlank() ? Map.of() : Json.object(Json.parse(body)).orElse(Map.of());
        } catch (JsonException e) {
            return Map.of();
        }
    }

    @POST
    @Path("free")
    @Operation(summary = "Makes workers give memory back: unload_models, free_memory")
    public Response free(String body) {
        var wish = Json.parseObject(body);
        boolean memory = Json.isTrue(wish.get("free_memory"));
        boolean models = wish.containsKey("unload_models") ? Json.isTrue(wish.get("unload_models")) : memory;
        frontEnd.cluster().free(models, memory);
        return Answers.empty();
    }

    @GET
    @Path("v1/workers")
    @Operation(summary = "The workers and what each is doing")
    public Response workers() {
        return Answers.json(frontEnd.cluster().workerList());
    }

    @GET
    @Path("health")
    @Operation(summary = "Whether prompts can be accepted")
    public Response health() {
        var state = Map.of("ready", frontEnd.isReady());
        return Answers.json(frontEnd.isReady() ? 200 : 503, state);
    }
}
