package org.comfyee.web.rest;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.nio.file.Path;
import org.comfyee.web.files.FileContent;
import org.comfyee.web.files.MediaTypes;
import org.comfyee.workflow.json.Json;

/** Responses in the form that clients of ComfyUI know. */
public final class Answers {
    public static final String JSON = "application/json; charset=utf-8";

    private Answers() {}

    /** @param value what {@link Json#write} takes */
    public static Response json(Object value) {
        return jsonText(Json.write(value));
    }

    static Response json(int status, Object value) {
        return Response.status(status).type(JSON).entity(Json.write(value)).build();
    }

    static Response jsonText(String text) {
        return Response.ok(text, JSON).build();
    }

    static Response text(int status, String reason) {
        return Response.status(status).type("text/plain; charset=utf-8").entity(reason).build();
    }

    static Response empty(int status) {
        return Response.status(status).header("Content-Length", 0).build();
    }

    static Response empty() {
        return empty(200);
    }

    /** A file that anybody may have put where it is, as far as the request asks for it. */
    static Response.ResponseBuilder file(Path file, HttpHeaders request) throws IOException {
        var content = FileContent.of(file, request::getHeaderString);
        var type = MediaTypes.ofForeign(file.getFileName().toString());
        var answer = Response.status(content.status());
        content.headers().forEach(answer::header);
        if (MediaTypes.needsSandbox(type)) {
            answer.header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox");
        }
        return content.length() == 0 && content.status() != 200 ? answer : answer.type(type).entity((StreamingOutput) content::writeTo);
    }
}
