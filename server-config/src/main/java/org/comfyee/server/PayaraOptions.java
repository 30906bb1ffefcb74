package org.comfyee.server;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.comfyee.cluster.config.Setting;

/**
 * What Payara Micro is told at its command line: where to listen and what to deploy.
 *
 * @param home the distribution
 * @param alone whether this process is a cluster of its own
 * @param tls whether it speaks TLS
 */
record PayaraOptions(Path home, boolean frontEnd, boolean worker, boolean alone, boolean tls) {
    private static final String NETWORK = "set configs.config.server-config.network-config.";
    /** The listener that is there, which Payara Micro gives its port. */
    private static final String LISTENER = "http-listener";

    /** What it is started with. */
    List<String> list(int port) {
        var all = new ArrayList<>(List.of("--port", Integer.toString(port), "--logproperties", System.getProperty("java.util.logging.config.file"), "--nohostaware", "--disablephonehome"));
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

    /** What it is told before it serves. */
    List<String> bootCommands(Listeners listeners, int port) {
        // Both are there, by these names.
        var protocol = tls ? "https-listener" : "http-listener";
        var http = NETWORK + "protocols.protocol." + protocol + ".http.";
        var listener = NETWORK + "network-listeners.network-listener." + LISTENER + ".";
        var commands = new ArrayList<>(List.of(
                listener + "address=" + listeners.first().getHostAddress(),
                listener + "protocol=" + protocol,
                // The server's own health page would answer in place of ours, and too early.
                "set-microprofile-healthcheck-configuration --enabled=false --endpoint=mp-health",
                // Nobody need know what serves.
                http + "server-header=false",
                // Notebooks and hosted spaces show ComfyUI's page in a frame of theirs.
                http + "xframe-options=false",
                // Connections are not closed after so many requests: whoever sends at that moment would have to send again.
                http + "max-connections=-1"));
        for (var further : listeners.addresses().subList(1, listeners.addresses().size())) {
            commands.add("create-network-listener --address " + further.getHostAddress() + " --listenerport " + port + " --protocol " + protocol + " "
                    + LISTENER + "-" + commands.size());
        }
        if (tls) {
            // Clients would choose HTTP/2 for what is no websocket, past the guard against requests that cannot be meant.
            commands.add(http + "http2-enabled=false");
        }
        if (Setting.ENABLE_COMPRESS_RESPONSE_BODY.isOn()) {
            commands.add(http + "compression=on");
            commands.add(http + "compressable-mime-type=application/json,text/plain");
            commands.add(http + "compression-min-size-bytes=1");
        }
        return commands;
    }
}
