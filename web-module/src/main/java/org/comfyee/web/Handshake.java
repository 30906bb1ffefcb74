package org.comfyee.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Base64;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/** The request that becomes a websocket (RFC 6455, section 4.2.1). The server itself answers some wrong ones as if it had failed. */
final class Handshake {
    private static final String VERSION = "13";
    private static final int KEY_BYTES = 16;

    private Handshake() {}

    /** What a client has to do otherwise, if anything. */
    static Optional<String> problem(HttpServletRequest request) {
        if (!request.getMethod().equals("GET") || !header(request, "Upgrade").strip().equalsIgnoreCase("websocket")
                || !header(request, "Connection").toLowerCase(Locale.ROOT).contains("upgrade")) {
            return Optional.of("this is a websocket, expected GET with the headers 'Connection: Upgrade' and 'Upgrade: websocket'");
        }
        if (!header(request, "Sec-WebSocket-Version").strip().equals(VERSION)) {
            return Optional.of("Sec-WebSocket-Version is '" + header(request, "Sec-WebSocket-Version") + "', expected " + VERSION);
        }
        return isKey(header(request, "Sec-WebSocket-Key").strip()) ? Optional.empty()
                : Optional.of("Sec-WebSocket-Key is no Base64 of " + KEY_BYTES + " bytes");
    }

    private static String header(HttpServletRequest request, String name) {
        return Objects.requireNonNullElse(request.getHeader(name), "");
    }

    private static boolean isKey(String key) {
        try {
            return Base64.getDecoder().decode(key).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
