package org.comfyee.web.rest;

import jakarta.ejb.EJB;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityPart;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.comfyee.cluster.config.Setting;
import org.comfyee.cluster.queue.PromptRequest;
import org.comfyee.cluster.queue.QueueUnavailableException;
import org.comfyee.web.FrontEnd;
import org.comfyee.web.files.SafeWrite;
import org.comfyee.workflow.files.Directory;
import org.comfyee.workflow.files.Inside;
import org.comfyee.workflow.graph.ValidationResult;
import org.comfyee.workflow.json.Json;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** {@code /v1/prompts}: a prompt in one request, answered with its result. */
@Path("/v1/prompts")
@RequestScoped
@Tag(ref = "prompts")
public class PromptsResource {
    private static final String RETRY_SECONDS = "60";

    @EJB
    private FrontEnd frontEnd;

    @Context
    private HttpHeaders headers;

    @POST
    @Operation(summary = "Runs the prompt that is the body and answers with links to its pictures, or with the first picture (Accept: image/png); "
            + "with Prefer: respond-async answers at once")
    public void runPrompt(@QueryParam("prefer") String prefer, InputStream body, @Suspended AsyncResponse answer) throws IOException, QueueUnavailableException {
        var type = headers.getMediaType();
        boolean json = type != null && type.getType().equalsIgnoreCase("application") && type.getSubtype().toLowerCase(Locale.ROOT).startsWith("json");
        var text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
        run(() -> json ? Json.parseObject(text) : Map.of(), prefer, answer);
    }

    @POST
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    @Operation(summary = "Runs the prompt that is the part of type application/json; parts with file names are stored as inputs first")
    public void runPromptWithFiles(@QueryParam("prefer") String prefer, List<EntityPart> parts, @Suspended AsyncResponse answer)
            throws IOException, QueueUnavailableException {
        run(() -> {
            Map<String, Object> prompt = Map.of();
            for (var part : Parts.of(parts)) {
                if (MediaType.APPLICATION_JSON_TYPE.isCompatible(part.getMediaType())) {
                    var object = Json.parseObject(part.getContent(String.class));
                    prompt = Json.object(object.get("prompt")).orElse(object);
                } else if (!Parts.fileName(part).isEmpty()) {
                    try (var content = part.getContent()) {
                        SafeWrite.write(Inside.resolve(frontEnd.folders().directory(Directory.INPUT), Parts.fileName(part)), content);
                    }
                }
            }
            return prompt;
        }, prefer, answer);
    }

    /** Reads the prompt out of a body. */
    private interface PromptSource {
        Map<String, Object> read() throws IOException;
    }

    private void run(PromptSource source, String prefer, AsyncResponse answer) throws IOException, QueueUnavailableException {
        var wish = PromptWish.of(headers.getHeaderString(HttpHeaders.ACCEPT), headers.getHeaderString("Prefer"), prefer,
                headers.getHeaderString(HttpHeaders.CONTENT_TYPE));
        if (wish.form().isEmpty()) {
            answer.resume(refusal(400, "invalid_accept", "invalid accept content type, expected application/json or image/png, got "
                    + headers.getHeaderString(HttpHeaders.ACCEPT)));
            return;
        }
        int waiting = frontEnd.cluster().ledger().remaining();
        if (waiting > Setting.MAX_QUEUE_SIZE.number()) {
            answer.resume(refusal(429, "queue_full", "the queue has " + waiting + " elements and " + Setting.MAX_QUEUE_SIZE.number()
                    + " is the limit for this worker"));
            return;
        }
        var prompt = source.read();
        if (prompt.isEmpty()) {
            answer.resume(refusal(400, "no_prompt", "no prompt was specified"));
            return;
        }
        var checked = frontEnd.validate(prompt, Optional.empty());
        if (!checked.isAccepted()) {
            answer.resume(Answers.json(400, withNodeErrors(checked)));
            return;
        }
        var id = UUID.randomUUID().toString();
        frontEnd.submit(new PromptRequest(id, frontEnd.cluster().ledger().nextNumber(), checked.prompt(), Map.of(), checked.goodOutputs(),
                System.currentTimeMillis()));
        if (wish.asynchronous()) {
            answer.resume(Response.status(202).type(Answers.JSON).entity(Json.write(Map.of("prompt_id", id)))
                    .header("Location", "api/v1/prompts/" + id).header("Retry-After", RETRY_SECONDS).build());
            return;
        }
        var result = new PromptResult(id, prompt, frontEnd.folders());
        frontEnd.completions().await(id).whenComplete((entry, failure) -> {
            try {
                answer.resume(failure != null ? Answers.text(503, "the queue is shutting down") : result.answer(entry, wish.form().orElseThrow()));
            } catch (IOException | RuntimeException e) {
                answer.resume(e);
            }
        });
    }

    /** The error alone is the answer here, so that it has to say itself which nodes are wrong, if it is nodes. */
    private static Map<String, Object> withNodeErrors(ValidationResult checked) {
        var error = new LinkedHashMap<>(checked.error().orElseThrow());
        if (!checked.nodeErrors().isEmpty()) {
            var info = new LinkedHashMap<String, Object>();
            info.put("exception_type", "ValidationError");
            info.put("traceback", List.of());
            info.put("node_errors", checked.nodeErrors());
            error.put("extra_info", info);
        }
        return error;
    }

    private static Response refusal(int status, String type, String reason) {
        return Answers.json(status, Failures.description(type, reason, reason));
    }

    @GET
    @Path("{id}")
    @Operation(summary = "The outputs of a prompt; 204 while it waits or runs, 404 if it is unknown")
    public Response promptResult(@PathParam("id") String id) {
        var entry = frontEnd.cluster().history().find(id).map(Json::parseObject);
        if (entry.isEmpty()) {
            return Answers.empty(frontEnd.cluster().ledger().isOpen(id) ? 204 : 404);
        }
        var status = Json.object(entry.get().get("status")).orElse(Map.of());
        return "error".equals(status.get("status_str")) ? Answers.json(500, status) : Answers.json(entry.get().get("outputs"));
    }

    @GET
    @Operation(summary = "The latest prompt that has ended")
    public Response latestPrompt() {
        return frontEnd.cluster().history().list(Optional.of(1), -1).values().stream().findFirst()
                .map(Json::parseObject)
                .map(entry -> Answers.json(((List<?>) entry.get("prompt")).get(2)))
                .orElseGet(() -> Answers.empty(404));
    }
}
