package org.comfyee.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Options of servers that work together and do not join others that run on this machine. */
final class TestGrid {
    private TestGrid() {}

    static List<String> options(String brokerUri) throws IOException {
        int port = FreePort.find();
        return List.of("--distributed-queue-connection-uri=" + brokerUri, "--cluster-name", "test-" + port, "--cluster-port", Integer.toString(port));
    }

    static String[] with(List<String> options, String... more) {
        var all = new ArrayList<>(options);
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }
}
