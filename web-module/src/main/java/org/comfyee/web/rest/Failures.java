package org.comfyee.web.rest;

import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.comfyee.cluster.queue.QueueUnavailableException;
import org.comfyee.web.BodyCutOffException;
import org.comfyee.web.BodyTooLargeException;
import org.comfyee.web.NoRoute;
import org.comfyee.web.files.UnreadablePictureException;
import org.comfyee.web.user.UnknownUserException;
import org.comfyee.workflow.files.PathEscapeException;
import org.comfyee.workflow.json.JsonException;

/** Turns what goes wrong into an answer: the caller's mistakes with their reason, ours without details. */
@Provider
public class Failures implements ExceptionMapper<Throwable> {
    private static final System.Logger LOG = System.getLogger(Failures.class.getName());
    private static final int INSUFFICIENT_STORAGE = 507;

    @Context
    private ResourceInfo resource;
    @Context
    private UriInfo uri;
    @Context
    private Request request;

    @Override
    public Response toResponse(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BodyTooLargeException) {
                return Answers.text(413, cause.getMessage());
            }
            if (cause instanceof BodyCutOffException) {
                return error(400, "invalid_body", "The request body cannot be read", cause.getMessage());
            }
        }
        return switch (failure) {
            case NotAllowedException other -> noRoute(other.getResponse().getAllowedMethods());
            case NotFoundException _ when resource.getResourceMethod() == null -> noRoute(Set.of());
            case WebApplicationException known -> known.getResponse();
            case JsonException malformed -> error(400, "invalid_json", "The request body is not valid JSON", malformed.getMessage());
            case PathEscapeException escape -> error(400, "invalid_path", "The path is not allowed", escape.getMessage());
            case BadValueException bad -> error(400, "invalid_value", "A value in the request cannot be used", bad.getMessage());
            case UnreadablePictureException unreadable -> error(400, "invalid_picture", "The picture cannot be used", unreadable.getMessage());
            case UnknownUserException unknown -> error(401, "unknown_user", "Unknown user", unknown.getMessage());
            case QueueUnavailableException down -> error(503, "queue_unavailable", "The queue cannot take prompts now", down.getMessage());
            case FileSystemException refused -> ofFile(refused);
            default -> {
                LOG.log(Level.ERROR, "a request failed", failure);
                yield Answers.text(500, "500 Internal Server Error\n\nServer got itself in trouble");
            }
        };
    }

    private Response noRoute(Set<String> routes) {
        var none = NoRoute.of(!uri.getPath().startsWith("internal/"), request.getMethod(), routes);
        var answer = Response.status(none.status()).type(none.type());
        none.allow().ifPresent(allow -> answer.header("Allow", allow));
        // An answer without any body would get a charset.
        return answer.entity((StreamingOutput) body -> body.write(none.text().getBytes(StandardCharsets.UTF_8))).build();
    }

    /** A name that the file system does not take is the client's, a full disk is not. Where things lie is nobody's business. */
    private static Response ofFile(FileSystemException refused) {
        // Of two, the second is what the file should have become.
        var path = refused.getOtherFile() != null ? refused.getOtherFile() : Objects.requireNonNullElse(refused.getFile(), "");
        var name = path.substring(path.lastIndexOf('/') + 1);
        var reason = refused.getReason() == null ? refused.getClass().getSimpleName() : refused.getReason();
        if (reason.contains("No space left") || reason.contains("quota")) {
            LOG.log(Level.ERROR, "the disk is full: " + refused.getMessage());
            return error(INSUFFICIENT_STORAGE, "disk_full", "There is no room for the file", reason);
        }
        LOG.log(Level.WARNING, "a file could not be read or written: " + refused.getMessage());
        return error(400, "invalid_file", "The file cannot be read or written", "'" + name + "': " + reason);
    }

    /** An error in the form of those for rejected prompts. */
    static Response error(int status, String type, String message, String details) {
        var body = new LinkedHashMap<String, Object>();
        body.put("error", description(type, message, details));
        body.put("node_errors", Map.of());
        return Answers.json(status, body);
    }

    static Map<String, Object> description(String type, String message, String details) {
        var error = new LinkedHashMap<String, Object>();
        error.put("type", type);
        error.put("message", message);
        error.put("details", details);
        error.put("extra_info", Map.of());
        return error;
    }
}
