package org.comfyee.web.rest;

import jakarta.ws.rs.core.Response;
import org.comfyee.workflow.json.Json;

/** Responses in the form that clients of ComfyUI know. */
final class Answers {
    static final String JSON = "application/json; charset=utf-8";

    private Answers() {}

    static Response json(Object value) {
        return jsonText(Json.write(value));
    }

    static Response jsonText(String text) {
        return Response.ok(text, JSON).build();
    }

    static Response empty(int status) {
        return Response.status(status).header("Content-Length", 0).build();
    }

    static Response empty() {
        return empty(200);
    }
}
