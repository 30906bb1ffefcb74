package org.comfyee.server.http;

import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.http.HttpPacket;
import org.glassfish.grizzly.http.HttpProbe;
import org.glassfish.grizzly.http.HttpRequestPacket;
import org.glassfish.grizzly.http.HttpResponsePacket;

/**
 * Gives also those answers the headers of all others that the server makes by itself, of a request whose head it cannot
 * read: it tells its probes of the error before it answers.
 */
final class RefusalHeaders extends HttpProbe.Adapter {

    @Override
    public void onErrorEvent(Connection connection, HttpPacket packet, Throwable error) {
        if (packet instanceof HttpRequestPacket request && request.getResponse() != null && !request.getResponse().isCommitted()) {
            add(request.getResponse());
        }
    }

    static void add(HttpResponsePacket response) {
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Referrer-Policy", "same-origin");
    }
}
