package org.comfyee.server;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.comfyee.workflow.json.Json;

/**
 * A ComfyEE process as a user starts it, on Payara Micro with a broker, and what clients do with it. Ends with the test.
 */
final class RunningServer implements AutoCloseable {
    private static final Path ROOT = Path.of(System.getProperty("comfyee.root"));
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Process process;
    private final Path log;
    private final URI url;
    private final HttpClient http = HttpClient.newHttpClient();

    private RunningServer(Process process, Path log, URI url) {
        this.process = process;
        this.log = log;
        this.url = url;
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

    URI url() {
        return url;
    }

    HttpClient http() {
        return http;
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(url + path)).GET());
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(url + path)).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Submits a prompt that must be accepted. @return its id */
    String submit(Map<String, Object> prompt) throws IOException, InterruptedException {
        var answer = post("/prompt", Json.write(Map.of("prompt", prompt)));
        if (answer.statusCode() != 200) {
            throw new IllegalStateException("refused: " + answer.body());
        }
        return (String) Json.parseObject(answer.body()).get("prompt_id");
    }

    /** Waits for a prompt's entry in the history. */
    Map<String, Object> awaitHistory(String promptId) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            var entry = Json.object(Json.parseObject(get("/history/" + promptId).body()).get(promptId));
            if (entry.isPresent()) {
                return entry.get();
            }
            Thread.sleep(50);
        }
        throw new IllegalStateException("prompt " + promptId + " did not end:\n" + log());
    }

    /** Kills the process as if by {@code kill -9}. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        http.shutdownNow();
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
