package org.comfyee.web;

import jakarta.servlet.http.HttpServletResponse;

/** What every answer has, whoever made it. */
final class SecurityHeaders {
    private SecurityHeaders() {}

    static void add(HttpServletResponse response) {
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Referrer-Policy", "same-origin");
    }
}
