package org.comfyee.web.rest;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Map;
import org.comfyee.workflow.files.PathEscapeException;
import org.comfyee.workflow.json.JsonException;

/** Turns what goes wrong into an answer: the caller's mistakes with their reason, ours without details. */
@Provider
public class Failures implements ExceptionMapper<Throwable> {
    private static final System.Logger LOG = System.getLogger(Failures.class.getName());

    @Override
    public Response toResponse(Throwable failure) {
        return switch (failure) {
            case WebApplicationException known -> known.getResponse();
            case JsonException malformed -> error(400, "invalid_json", "The request body is not valid JSON", malformed.getMessage());
            case PathEscapeException escape -> error(400, "invalid_path", "The path is not allowed", escape.getMessage());
            default -> {
                LOG.log(Level.ERROR, "a request failed", failure);
                yield Response.status(500).type("text/plain; charset=utf-8").entity("500 Internal Server Error\n\nServer got itself in trouble").build();
            }
        };
    }

    /** An error in the form of those for rejected prompts. */
    static Response error(int status, String type, String message, String details) {
        var error = new LinkedHashMap<String, Object>();
        error.put("type", type);
        error.put("message", message);
        error.put("details", details);
        error.put("extra_info", Map.of());
        var body = new LinkedHashMap<String, Object>();
        body.put("error", error);
        body.put("node_errors", Map.of());
        return Response.status(status).type(Answers.JSON).entity(org.comfyee.workflow.json.Json.write(body)).build();
    }
}
