package org.comfyee.server;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A ComfyEE process as a user starts it, on Payara Micro with a broker, and a client of it. Ends with the test. */
final class RunningServer implements AutoCloseable {
    private static final Path ROOT = Path.of(System.getProperty("comfyee.root"));
    private static final Duration PATIENCE = Duration.ofMinutes(6);

    private final Process process;
    private final Path log;
    private final URI url;
    private final ComfyClient client;

    private RunningServer(Process process, Path log, URI url) {
        this.process = process;
        this.log = log;
        this.url = url;
        client = ComfyClient.of(url);
    }

    /** Starts a program of {@code server-config/bin} in a directory; options are added to those for directory and port. */
    static RunningServer start(String program, Path directory, String... options) throws IOException {
        int port = freePort();
        var command = new ArrayList<>(List.of("bash", ROOT.resolve("server-config/bin").resolve(program).toString(), "--cwd", directory.toString()));
        if (program.equals("comfyee")) {
            command.addAll(List.of("--port", Integer.toString(port)));
        } else if (program.equals("comfyee-worker")) {
            command.addAll(List.of("--health-port", Integer.toString(port)));
        }
        if (!program.equals("comfyee-broker")) {
            // Threads that wait for each other take long on a machine that has more to do.
            command.add("--threads=1");
        }
        command.addAll(List.of(options));
        var log = Files.createTempFile(directory, program, ".log");
        var process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        return new RunningServer(process, log, URI.create("http://127.0.0.1:" + port));
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Waits until the process says that it is ready. */
    RunningServer awaitReady() throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!log().contains(" is ready")) {
            if (!process.isAlive() || System.nanoTime() > end) {
                close();
                throw new IllegalStateException("the server did not start:\n" + log());
            }
            Thread.sleep(100);
        }
        return this;
    }

    /** Waits until the process ends by itself. */
    void awaitEnd() throws IOException, InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IllegalStateException("the program failed:\n" + log());
        }
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    /** Bytes of the process's Java heap that something still refers to. */
    long liveHeapBytes() throws IOException, InterruptedException {
        jcmd("GC.run");
        // def new generation   total 9792K, used 1023K [...
        return Pattern.compile("generation +total \\d+K, used (\\d+)K").matcher(jcmd("GC.heap_info")).results()
                .mapToLong(match -> Long.parseLong(match.group(1)) * 1024)
                .sum();
    }

    private String jcmd(String command) throws IOException, InterruptedException {
        var jcmd = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/jcmd").toString(), Long.toString(process.pid()), command).start();
        var said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (jcmd.waitFor() != 0) {
            throw new IllegalStateException("jcmd " + command + " failed: " + said);
        }
        return said;
    }

    URI url() {
        return url;
    }

    /** A client without a websocket. */
    ComfyClient client() {
        return client;
    }

    /** A client that hears of its own prompts. */
    ComfyClient connect(String clientId) {
        return ComfyClient.connect(url, clientId);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.get(path);
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return client.post(path, body);
    }

    String submit(Map<String, Object> prompt) throws IOException, InterruptedException {
        return client.submit(prompt);
    }

    Map<String, Object> awaitHistory(String promptId) throws IOException, InterruptedException {
        return client.awaitHistory(promptId);
    }

    /** Kills the process as if by {@code kill -9}. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        client.close();
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
