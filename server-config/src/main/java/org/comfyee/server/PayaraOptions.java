package org.comfyee.server;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.comfyee.cluster.config.Setting;

/**
 * What Payara Micro is told at its command line: where to listen and what to deploy.
 *
 * @param home the distribution
 * @param alone whether this process is a cluster of its own
 */
record PayaraOptions(Path home, boolean frontEnd, boolean worker, boolean alone) {
    private static final String NETWORK = "set configs.config.server-config.network-config.";
    private static final String HTTP = NETWORK + "protocols.protocol.http-listener.http.";
    /** Nobody need know what serves. */
    private static final String NAMELESS = HTTP + "server-header=false\n";
    private static final String COMPRESSION = HTTP + "compression=on\n" + HTTP + "compressable-mime-type=application/json,text/plain\n";

    List<String> list(InetAddress address, int port) throws IOException {
        var all = new ArrayList<>(List.of("--port", Integer.toString(port), "--prebootcommandfile", bootCommands(address).toString(),
                "--logproperties", System.getProperty("java.util.logging.config.file"), "--nohostaware", "--disablephonehome"));
        if (alone) {
            all.add("--nohazelcast");
        } else {
            all.addAll(GridOptions.arguments());
        }
        var applications = home.resolve("apps");
        if (worker) {
            all.addAll(List.of("--deploy", applications.resolve("amqp.rar").toString()));
            all.addAll(List.of("--deploy", applications.resolve("worker.war") + (frontEnd ? ":worker" : ":/")));
        }
        if (frontEnd) {
            all.addAll(List.of("--deploy", applications.resolve("web.war") + ":/"));
        }
        return all;
    }

    private static Path bootCommands(InetAddress address) throws IOException {
        var file = Files.createTempFile("comfyee", ".boot");
        file.toFile().deleteOnExit();
        return Files.writeString(file, NETWORK + "network-listeners.network-listener.http-listener.address=" + address.getHostAddress() + "\n"
                // The server's own health page would answer in place of ours, and too early.
                + "set-microprofile-healthcheck-configuration --enabled=false --endpoint=mp-health\n"
                + NAMELESS
                + (Setting.ENABLE_COMPRESS_RESPONSE_BODY.isOn() ? COMPRESSION : ""));
    }
}
