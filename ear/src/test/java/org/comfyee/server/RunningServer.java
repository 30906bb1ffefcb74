package org.comfyee.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.comfyee.workflow.json.Json;

/** A ComfyEE process as a user starts it, on Payara Micro with a broker, and a client of it. Ends with the test. */
final class RunningServer implements TestBroker {
    static final Path ROOT = Path.of(System.getProperty("comfyee.root"));
    private static final Duration PATIENCE = Duration.ofMinutes(6);

    private final List<String> command;
    private final Path directory;
    private final Process process;
    private final Path log;
    private final URI url;
    private final ComfyClient client;

    private RunningServer(List<String> command, Path directory, Process process, Path log, URI url) {
        this.command = command;
        this.directory = directory;
        this.process = process;
        this.log = log;
        this.url = url;
        client = ComfyClient.of(url);
    }

    /** Starts a program of {@code server-config/bin} in a directory; options are added to those for directory and port. */
    static RunningServer start(String program, Path directory, String... options) throws IOException {
        int port = FreePort.find();
        var command = command(program, directory);
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
        return start(command, directory, URI.create("http://127.0.0.1:" + port));
    }

    /** The command for a program of {@code server-config/bin} that works in a directory. */
    static List<String> command(String program, Path directory) {
        return new ArrayList<>(List.of("bash", ROOT.resolve("server-config/bin").resolve(program).toString(), "--cwd", directory.toString()));
    }

    /** Starts a command that serves at a URL. */
    static RunningServer start(List<String> command, Path directory, URI url) throws IOException {
        var log = Files.createTempFile(directory, "server", ".log");
        var process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        return new RunningServer(command, directory, process, log, url);
    }

    /** The same once more, after this one has ended: same options, same port, a log of its own. */
    @Override
    public RunningServer again() throws IOException {
        return start(command, directory, url);
    }

    /** Waits until the process says that it is ready. */
    @Override
    public RunningServer awaitReady() throws IOException, InterruptedException {
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
        // The serial collector says: Tenured    total 258048K, used 1166K [...
        var generations = Pattern.compile("(?:DefNew|Tenured) +total \\d+K, used (\\d+)K").matcher(jcmd("GC.heap_info")).results().toList();
        if (generations.size() != 2) {
            throw new IllegalStateException("the heap has no two generations: " + generations);
        }
        return generations.stream().mapToLong(match -> Long.parseLong(match.group(1)) * 1024).sum();
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

    /** The processes that this one has started. */
    List<ProcessHandle> children() {
        return process.children().toList();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits until the log says something. */
    RunningServer awaitLog(String text) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!log().contains(text)) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("the log does not say '" + text + "':\n" + log());
            }
            Thread.sleep(50);
        }
        return this;
    }

    /** How often workers, also those that are gone, have recorded the end of a prompt that is in the history. */
    static int timesRecorded(List<RunningServer> workers, String promptId) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            int times = 0;
            for (var worker : workers) {
                times += worker.countInLog("prompt " + promptId + ": ");
            }
            // They say so after they have recorded it.
            if (times > 0 || System.nanoTime() > end) {
                return times;
            }
            Thread.sleep(50);
        }
    }

    /** Whether some worker runs a prompt, as the queue tells. */
    boolean isRunning(String promptId) throws IOException, InterruptedException {
        return Json.write(Json.parseObject(get("/queue").body()).get("queue_running")).contains(promptId);
    }

    /** The history entry of a prompt, if it has ended. */
    Optional<Map<String, Object>> history(String promptId) throws IOException, InterruptedException {
        return Json.object(Json.parseObject(get("/history/" + promptId).body()).get(promptId));
    }

    /** How often the log says something. */
    private int countInLog(String text) throws IOException {
        return log().split(Pattern.quote(text), -1).length - 1;
    }

    /** Tells the process to end and waits until it has. @return its exit code */
    int terminate() throws InterruptedException {
        process.destroy();
        return process.waitFor();
    }

    /** Kills the process as if by {@code kill -9}. */
    @Override
    public void kill() throws InterruptedException {
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
