package org.comfyee.server.benchmark;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.comfyee.workflow.json.Json;

/** Measures a server with prompts that cost nothing: small pictures of different colours, so that none comes from the cache. */
public final class ServerBenchmark {
    /** A server's code is compiled well only once it has run often. */
    private static final int WARM_UP = 12_000;
    private static final int MEASURED = 3_000;
    private static final int SENDERS = 8;
    private static final int SINGLE_WARM_UP = 500;
    private static final int SINGLE = 500;
    /** Looking more often would itself be a good part of the load. */
    private static final long LOOK_MILLIS = 20;
    private static final String CLIENT = "benchmark";

    private final String url;
    private final HttpClient http;
    private int colour;

    /** @param url of the server, without a path */
    public ServerBenchmark(String url, HttpClient http) {
        this.url = url;
        this.http = http;
    }

    /** Measures, which takes some ten seconds, and prints what it found. */
    public void run(PrintStream out) throws IOException, InterruptedException {
        flood(WARM_UP);
        long start = System.nanoTime();
        long accepted = flood(MEASURED);
        out.printf("trivial prompts: %.0f a second accepted, %.0f a second from request to history%n",
                MEASURED / ((accepted - start) / 1e9), MEASURED / ((System.nanoTime() - start) / 1e9));
        measureSingle(out);
    }

    /** Submits many at once and waits for all. @return when the last one was accepted */
    private long flood(int count) throws IOException, InterruptedException {
        try (var senders = Executors.newFixedThreadPool(SENDERS)) {
            for (int i = 0; i < count; i++) {
                var body = prompt("");
                senders.submit(() -> post(body));
            }
        }
        long accepted = System.nanoTime();
        while (!get("/prompt").contains("\"queue_remaining\": 0")) {
            Thread.sleep(LOOK_MILLIS);
        }
        return accepted;
    }

    private String prompt(String client) {
        var prompt = Map.of(
                "1", Map.of("class_type", "EmptyImage", "inputs", Map.of("width", 1, "height", 1, "batch_size", 1, "color", colour++)),
                "2", Map.of("class_type", "PreviewImage", "inputs", Map.of("images", List.of("1", 0))));
        return Json.write(Map.of("prompt", prompt, "client_id", client));
    }

    /** One prompt after the other, as a client sees them that listens at the websocket. */
    private void measureSingle(PrintStream out) throws IOException, InterruptedException {
        var ends = new LinkedBlockingQueue<Long>();
        var socket = http.newWebSocketBuilder().buildAsync(URI.create(url.replace("http", "ws") + "/ws?clientId=" + CLIENT), new Listener(ends)).join();
        var micros = new ArrayList<Long>();
        for (int i = 0; i < SINGLE_WARM_UP + SINGLE; i++) {
            var body = prompt(CLIENT);
            long start = System.nanoTime();
            post(body);
            var end = ends.poll(1, TimeUnit.MINUTES);
            if (end == null) {
                throw new IOException("a prompt did not end within a minute");
            }
            if (i >= SINGLE_WARM_UP) {
                micros.add((end - start) / 1_000);
            }
        }
        socket.abort();
        micros.sort(null);
        out.printf("one trivial prompt, from request to success: p50 %.1f ms, p95 %.1f ms, p99 %.1f ms%n", micros.get(SINGLE / 2) / 1e3,
                micros.get(SINGLE * 95 / 100) / 1e3, micros.get(SINGLE * 99 / 100) / 1e3);
    }

    /** Notes when prompts succeed. */
    private record Listener(LinkedBlockingQueue<Long> ends, StringBuilder text) implements WebSocket.Listener {
        Listener(LinkedBlockingQueue<Long> ends) {
            this(ends, new StringBuilder());
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                if (text.indexOf("\"execution_success\"") >= 0) {
                    ends.add(System.nanoTime());
                }
                text.setLength(0);
            }
            return WebSocket.Listener.super.onText(from, data, last);
        }
    }

    private Void post(String body) throws IOException, InterruptedException {
        var answer = http.send(HttpRequest.newBuilder(URI.create(url + "/prompt")).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException("a prompt was refused: " + answer.body());
        }
        return null;
    }

    private String get(String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(url + path)).GET().build(), HttpResponse.BodyHandlers.ofString()).body();
    }
}
