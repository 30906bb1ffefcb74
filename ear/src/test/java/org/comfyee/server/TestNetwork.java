package org.comfyee.server;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Hosts with addresses of their own on this machine: Linux network namespaces, joined by a bridge. Needs root. */
final class TestNetwork implements AutoCloseable {
    private static final String PREFIX = "10.77.13.";

    private final String id = Long.toString(ProcessHandle.current().pid() % 10_000);
    private final String bridge = "cfb" + id;
    private final List<String> hosts;

    private TestNetwork(String... hosts) {
        this.hosts = List.of(hosts);
    }

    static TestNetwork create(String... hosts) throws IOException, InterruptedException {
        var network = new TestNetwork(hosts);
        try {
            network.build();
            return network;
        } catch (IllegalStateException e) {
            network.close();
            throw e;
        }
    }

    private void build() throws IOException, InterruptedException {
        ip("link add " + bridge + " type bridge");
        ip("addr add " + PREFIX + "254/24 dev " + bridge);
        ip("link set " + bridge + " up");
        for (var host : hosts) {
            var name = namespace(host);
            var here = "cfv" + id + hosts.indexOf(host);
            ip("netns add " + name);
            ip("link add " + here + " type veth peer name eth0 netns " + name);
            ip("link set " + here + " master " + bridge + " up");
            ip("-n " + name + " addr add " + address(host) + "/24 dev eth0");
            ip("-n " + name + " link set eth0 up");
            ip("-n " + name + " link set lo up");
        }
    }

    private String namespace(String host) {
        return "comfyee-" + id + "-" + host;
    }

    String address(String host) {
        return PREFIX + (hosts.indexOf(host) + 1);
    }

    /** Lets two hosts send each other nothing more; neither is told. */
    void cut(String one, String other) throws IOException, InterruptedException {
        ip("-n " + namespace(one) + " route add blackhole " + address(other));
        ip("-n " + namespace(other) + " route add blackhole " + address(one));
    }

    void heal(String one, String other) throws IOException, InterruptedException {
        ip("-n " + namespace(one) + " route del blackhole " + address(other));
        ip("-n " + namespace(other) + " route del blackhole " + address(one));
    }

    /** Starts a program on a host; it serves HTTP at its address and this port. */
    RunningServer start(String host, Path directory, String program, int port, List<String> options) throws IOException {
        var command = new ArrayList<>(List.of("ip", "netns", "exec", namespace(host)));
        command.addAll(RunningServer.command(program, directory));
        command.addAll(options);
        return RunningServer.start(command, directory, URI.create("http://" + address(host) + ":" + port));
    }

    private static void ip(String arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments.split(" ")));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes());
        if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IllegalStateException("ip " + arguments + ": " + said + " (this test needs Linux, root and iproute2)");
        }
    }

    @Override
    public void close() {
        try {
            for (var host : hosts) {
                new ProcessBuilder("ip", "netns", "del", namespace(host)).start().waitFor();
            }
            new ProcessBuilder("ip", "link", "del", bridge).start().waitFor();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
