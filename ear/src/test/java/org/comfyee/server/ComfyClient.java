package org.comfyee.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import org.comfyee.workflow.json.Json;

/**
 * A client of a ComfyUI server: HTTP calls, and a websocket whose frames it keeps in order. Nothing here is special to
 * ComfyEE or to tests; copy it into a program of your own, with any JSON parser.
 *
 * <pre>{@code
 * try (var client = ComfyClient.connect(URI.create("http://127.0.0.1:8188"), "my-program")) {
 *     var entry = client.run(workflow);                      // waits until the prompt has ended
 *     var image = client.bytes("/view?filename=ComfyUI_00001_.png");
 * }
 * }</pre>
 */
final class ComfyClient implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final HttpClient http;
    private final URI server;
    private final String id;
    private final LinkedBlockingQueue<Object> received = new LinkedBlockingQueue<>();
    private WebSocket socket;

    private ComfyClient(URI server, String id, Optional<SSLContext> trusted) {
        this.server = server;
        this.id = id;
        var builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
        trusted.ifPresent(builder::sslContext);
        http = builder.build();
    }

    /** A client without a websocket, that does not hear how its prompts go on. */
    static ComfyClient of(URI server) {
        return new ComfyClient(server, "", Optional.empty());
    }

    /** A client that hears of its own prompts. Whoever connects by the same id later hears in its place. */
    static ComfyClient connect(URI server, String id) {
        return connect(server, id, Optional.empty());
    }

    /** @param trusted whose certificates it takes, if not those of the authorities that Java knows */
    static ComfyClient connect(URI server, String id, Optional<SSLContext> trusted) {
        var client = new ComfyClient(server, id, trusted);
        var url = URI.create(server.toString().replaceFirst("^http", "ws") + "/ws?clientId=" + URLEncoder.encode(id, StandardCharsets.UTF_8));
        client.socket = client.http.newWebSocketBuilder().buildAsync(url, client.new Listener()).join();
        return client;
    }

    HttpClient http() {
        return http;
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server + path)).timeout(PATIENCE);
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    HttpResponse<byte[]> bytes(String path) throws IOException, InterruptedException {
        return http.send(request(path).build(), BodyHandlers.ofByteArray());
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send(request(path).POST(BodyPublishers.ofString(body)));
    }

    /** Sends a form with a file, as {@code POST /upload/image} takes one. */
    HttpResponse<String> upload(String path, String fileName, byte[] content, Map<String, String> fields) throws IOException, InterruptedException {
        var boundary = UUID.randomUUID().toString();
        var form = new ByteArrayOutputStream();
        form.writeBytes(part(boundary, "image\"; filename=\"" + fileName, ""));
        form.writeBytes(content);
        form.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
        fields.forEach((name, value) -> form.writeBytes(part(boundary, name, value + "\r\n")));
        form.writeBytes(("--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8));
        return send(request(path).header("Content-Type", "multipart/form-data; boundary=" + boundary).POST(BodyPublishers.ofByteArray(form.toByteArray())));
    }

    private static byte[] part(String boundary, String name, String content) {
        return ("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + content).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Submits a prompt that must be accepted.
     *
     * @param prompt a workflow in API format: node id to {@code class_type} and {@code inputs}
     * @return its id
     */
    String submit(Map<String, Object> prompt) throws IOException, InterruptedException {
        var body = new LinkedHashMap<String, Object>();
        body.put("prompt", prompt);
        if (!id.isEmpty()) {
            body.put("client_id", id);
        }
        var answer = post("/prompt", Json.write(body));
        if (answer.statusCode() != 200) {
            throw new IllegalStateException("refused: " + answer.body());
        }
        return (String) Json.parseObject(answer.body()).get("prompt_id");
    }

    /** Submits a prompt and waits until it has ended. @return its entry of the history */
    Map<String, Object> run(Map<String, Object> prompt) throws IOException, InterruptedException {
        return awaitHistory(submit(prompt));
    }

    /** Waits for a prompt's entry in the history: {@code prompt}, {@code outputs}, {@code status} and {@code meta}. */
    Map<String, Object> awaitHistory(String promptId) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            var entry = Json.object(Json.parseObject(get("/history/" + promptId).body()).get(promptId));
            if (entry.isPresent()) {
                return entry.get();
            }
            Thread.sleep(50);
        }
        throw new IllegalStateException("prompt " + promptId + " did not end");
    }

    /** Waits until nothing waits or runs. */
    void awaitIdle() throws IOException, InterruptedException {
        while (!get("/prompt").body().contains("\"queue_remaining\": 0")) {
            Thread.sleep(50);
        }
    }

    /** Sends a message over the websocket, such as {@code {"type": "feature_flags", "data": {...}}}. */
    void tell(Map<String, Object> message) {
        tellText(Json.write(message));
    }

    void tellText(String text) {
        socket.sendText(text, true).join();
    }

    /** All frames up to and including the first message that matches: messages as maps, binary frames as byte arrays. */
    List<Object> until(Predicate<Map<String, Object>> last) throws InterruptedException {
        var frames = new ArrayList<Object>();
        while (true) {
            var frame = received.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (frame == null) {
                throw new IllegalStateException("no further message after " + frames);
            }
            frames.add(frame);
            if (Json.object(frame).filter(last).isPresent()) {
                return frames;
            }
        }
    }

    /** All frames up to and including the first message of a type. */
    List<Object> until(String type) throws InterruptedException {
        return until(message -> message.get("type").equals(type));
    }

    /** All frames up to and including the one that tells that a prompt has ended and can be found in the history. */
    List<Object> untilEnd() throws InterruptedException {
        return until(message -> message.get("type").equals("executing") && Json.object(message.get("data")).orElseThrow().get("node") == null);
    }

    /** What came and was not asked for yet. */
    List<Object> soFar() {
        var frames = new ArrayList<Object>();
        received.drainTo(frames);
        return frames;
    }

    /** Ends the websocket as a browser does that leaves the page. */
    void leave() {
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    }

    @Override
    public void close() {
        if (socket != null) {
            socket.abort();
        }
        http.shutdownNow();
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();
        private final ByteArrayOutputStream binary = new ByteArrayOutputStream();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                received.add(Json.parseObject(text.toString()));
                text.setLength(0);
            }
            return WebSocket.Listener.super.onText(from, data, last);
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
            var bytes = new byte[data.remaining()];
            data.get(bytes);
            binary.writeBytes(bytes);
            if (last) {
                received.add(binary.toByteArray());
                binary.reset();
            }
            return WebSocket.Listener.super.onBinary(from, data, last);
        }
    }
}
