package org.comfyee.web;

import jakarta.servlet.http.HttpServletResponse;
import org.comfyee.cluster.config.Setting;

/** What every answer has, whoever made it. */
final class SecurityHeaders {
    /** As ComfyUI has it: pages from here reach no other server. */
    private static final String HERE_ONLY = "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
            + "img-src 'self' data: blob:; font-src 'self'; connect-src 'self' data:; frame-src 'self'; object-src 'self';";

    private SecurityHeaders() {}

    static void add(HttpServletResponse response) {
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Referrer-Policy", "same-origin");
        if (Setting.DISABLE_API_NODES.isOn()) {
            response.setHeader("Content-Security-Policy", HERE_ONLY);
        }
    }
}
