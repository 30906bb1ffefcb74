package org.comfyee.server;

import java.io.IOException;
import java.net.InetAddress;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds ports on which nobody listens. They lie below those that Linux gives to outgoing connections (32768 and up): a client
 * that keeps trying to reach a server of its own machine which has gone down would some day be given the server's port,
 * connect to itself, and keep the server from coming back.
 */
public final class FreePort {
    private static final int FIRST = 10_000;
    private static final int END = 32_768;
    private static final int TRIES = 1_000;

    private FreePort() {}

    public static int find() throws IOException {
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, END);
            if (Ports.isFree(InetAddress.getLoopbackAddress(), port)) {
                return port;
            }
        }
        throw new IOException("no free port from " + FIRST + " to " + (END - 1) + " was found");
    }
}
