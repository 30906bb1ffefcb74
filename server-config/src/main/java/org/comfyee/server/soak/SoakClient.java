package org.comfyee.server.soak;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.comfyee.workflow.json.Json;

/**
 * One user: submits prompts one after the other, some of them in flight at a time, and listens at a websocket. If its front
 * end goes, it goes on with another one.
 */
final class SoakClient implements WebSocket.Listener, AutoCloseable {
    private static final long PAUSE_MILLIS = 200;
    /** So long without a word of a prompt's end the history is asked. */
    private static final long SILENCE_MILLIS = 5_000;
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    /** No two prompts are alike, or a worker that has the result of one would not run the other. */
    private static final AtomicInteger TAGS = new AtomicInteger();
    /** Nor do two measurements have a prompt id in common, or the history would tell one of the ends of the other. */
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String id;
    private final HttpClient http;
    private final IntFunction<URI> frontEnds;
    private final SoakRecord record;
    private final Semaphore inFlight;
    private final StringBuilder text = new StringBuilder();
    private int frontEnd;
    private volatile WebSocket socket;
    private volatile boolean closed;

    SoakClient(int number, HttpClient http, IntFunction<URI> frontEnds, SoakRecord record, int mostInFlight) {
        id = "soak-" + COUNT.getAndIncrement();
        frontEnd = number;
        this.http = http;
        this.frontEnds = frontEnds;
        this.record = record;
        inFlight = new Semaphore(mostInFlight);
    }

    void connect() throws InterruptedException {
        while (!closed) {
            try {
                var url = URI.create(frontEnds.apply(frontEnd).toString().replace("http", "ws") + "/ws?clientId=" + id);
                socket = http.newWebSocketBuilder().connectTimeout(TIMEOUT).buildAsync(url, this).join();
                return;
            } catch (CompletionException e) {
                frontEnd++;
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    }

    /** Submits so many prompts and waits for their ends. */
    void run(int count, int sleepMillis) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            // What nobody tells of the end of is looked up, so that one lost message does not hold the client up for ever.
            while (!inFlight.tryAcquire(SILENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                lookUp();
            }
            submit(id + "-" + i, sleepMillis);
        }
        while (record.isOpen(id)) {
            Thread.sleep(PAUSE_MILLIS);
            if (record.silentFor(id) > SILENCE_MILLIS) {
                lookUp();
            }
        }
    }

    private void submit(String promptId, int sleepMillis) throws InterruptedException {
        var prompt = NodeJar.sleepingPrompt(sleepMillis, TAGS.getAndIncrement());
        var body = Json.write(Map.of("prompt", prompt, "client_id", id, "prompt_id", promptId));
        record.submitted(id, promptId);
        while (true) {
            try {
                var answer = post(body);
                if (answer.statusCode() == 200) {
                    record.accepted(promptId, ((Number) Json.parseObject(answer.body()).get("number")).longValue());
                    return;
                }
                record.refused(answer.statusCode());
            } catch (IOException e) {
                frontEnd++;
                // The answer is lost, not necessarily the prompt.
                if (isKnown(promptId)) {
                    record.accepted(promptId, -1);
                    return;
                }
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    private HttpResponse<String> post(String body) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(frontEnds.apply(frontEnd) + "/prompt")).timeout(TIMEOUT)
                .POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private String get(String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(frontEnds.apply(frontEnd) + path)).timeout(TIMEOUT).GET().build(),
                HttpResponse.BodyHandlers.ofString()).body();
    }

    private boolean isKnown(String promptId) throws InterruptedException {
        while (true) {
            try {
                return get("/queue").contains('"' + promptId + '"') || get("/history/" + promptId).contains('"' + promptId + '"');
            } catch (IOException e) {
                frontEnd++;
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    }

    private void lookUp() throws InterruptedException {
        for (var promptId : record.open(id)) {
            try {
                if (Json.parseObject(get("/history/" + promptId)).containsKey(promptId) && record.foundInHistory(promptId)) {
                    inFlight.release();
                }
            } catch (IOException e) {
                frontEnd++;
            }
        }
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            var message = Json.parseObject(text.toString());
            text.setLength(0);
            hear(String.valueOf(message.get("type")), Json.object(message.get("data")).orElse(Map.of()));
        }
        return WebSocket.Listener.super.onText(from, data, last);
    }

    private void hear(String type, Map<String, Object> data) {
        switch (type) {
            case "execution_success", "execution_error", "execution_interrupted" -> {
                if (record.ended((String) data.get("prompt_id"), type.equals("execution_success"))) {
                    inFlight.release();
                }
            }
            case "progress" -> record.progress(((Number) data.get("value")).longValue());
            default -> { }
        }
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
        reconnect();
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
        reconnect();
    }

    private void reconnect() {
        text.setLength(0);
        Thread.startVirtualThread(() -> {
            try {
                connect();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Override
    public void close() {
        closed = true;
        socket.abort();
    }

    static List<SoakClient> many(int count, HttpClient http, IntFunction<URI> frontEnds, SoakRecord record, int mostInFlight) {
        return IntStream.range(0, count).mapToObj(number -> new SoakClient(number, http, frontEnds, record, mostInFlight)).toList();
    }
}
