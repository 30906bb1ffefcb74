package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.comfyee.workflow.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What comes over the network breaks nothing: no answer is an error of the server, none is missing, and memory stays as it
 * was. Each input follows from the seed and its number, so a failure can be had again; the Maven profile {@code fuzz} tries
 * many more.
 */
@ExtendWith(SharedServer.class)
class FuzzTest {
    private static final long SEED = Long.getLong("fuzz.seed", 1);
    private static final int INPUTS = Integer.getInteger("fuzz.inputs", 3000);
    private static final int CLIENTS = 8;
    private static final Duration HANGS = Duration.ofSeconds(60);
    /** What history, uploads and the log may keep of all that. */
    private static final long MOST_GROWTH_BYTES = 96L << 20;

    @Test
    void strangeRequestsAreAnsweredAndForgotten(RunningServer server) throws Exception {
        var failures = new ConcurrentLinkedQueue<String>();
        send(server, 0, INPUTS / 10, failures);
        long before = server.liveHeapBytes();
        send(server, INPUTS / 10, INPUTS, failures);
        assertEquals(List.of(), failures.stream().limit(20).toList());
        server.post("/queue", "{\"clear\": true}");
        server.client().awaitIdle();
        long growth = server.liveHeapBytes() - before;
        assertTrue(growth < MOST_GROWTH_BYTES, growth + " bytes more are in use after " + INPUTS + " requests");
        var entry = server.client().run(ApiTest.picture(1));
        assertEquals("success", Json.object(entry.get("status")).orElseThrow().get("status_str"));
        assertFalse(server.log().contains("\tat "), "a stack trace is in the log");
    }

    private static void send(RunningServer server, int first, int end, ConcurrentLinkedQueue<String> failures) throws Exception {
        var next = new AtomicInteger(first);
        try (var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(); var clients = Executors.newFixedThreadPool(CLIENTS)) {
            var all = new ArrayList<Future<?>>();
            for (int i = 0; i < CLIENTS; i++) {
                all.add(clients.submit(() -> {
                    for (int number; (number = next.getAndIncrement()) < end && failures.size() < 20; ) {
                        var request = new StrangeRequests(new SplittableRandom(SEED + number)).next(server.url()).timeout(HANGS).build();
                        var name = "input " + number + ", " + request;
                        problem(http, request).ifPresent(problem -> failures.add(name + ": " + problem));
                    }
                    return null;
                }));
            }
            for (var each : all) {
                each.get();
            }
        }
    }

    /** What is wrong with the answer to a request, if anything is. */
    private static Optional<String> problem(HttpClient http, HttpRequest request) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                var answer = http.send(request, BodyHandlers.ofString());
                return answer.statusCode() < 500 || isFailedPrompt(request, answer) ? Optional.empty()
                        : Optional.of(answer.statusCode() + " " + answer.body());
            } catch (HttpTimeoutException e) {
                return Optional.of("no answer");
            } catch (IOException e) {
                // After some refusals the server closes the connection, of which the client may hear only when it sends the next.
                if (attempt == 3) {
                    return Optional.of(e.toString());
                }
            }
        }
    }

    /** Whoever waits for a prompt that fails is told so by a status of 500, as with ComfyUI's distributed server. */
    private static boolean isFailedPrompt(HttpRequest request, HttpResponse<String> answer) {
        return request.uri().getPath().contains("/v1/prompts") && answer.statusCode() == 500 && answer.body().contains("\"status_str\": \"error\"");
    }

    @Test
    void strangeMessagesOverTheWebsocketAreLetBe(RunningServer server) throws Exception {
        for (int number = 0; number < INPUTS / 30; number++) {
            var strange = new StrangeRequests(new SplittableRandom(SEED + number));
            try (var client = server.connect("fuzz-" + number)) {
                client.tellText(strange.text());
                client.tell(Map.of("type", "feature_flags", "data", strange.text()));
                client.until("status");
            }
        }
        try (var client = server.connect("fuzz")) {
            assertEquals("success", Json.object(client.run(ApiTest.picture(2)).get("status")).orElseThrow().get("status_str"));
            client.untilEnd();
        }
    }
}
