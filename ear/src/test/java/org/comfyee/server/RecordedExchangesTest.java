package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.comfyee.workflow.json.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests and what a ComfyUI server answered. */
class RecordedExchangesTest {
    /** Those that do not depend on what was asked before, for routes that exist here. */
    private static final Set<String> COMPARED = Set.of("missing-class-type", "missing-input", "missing-link-input", "wrong-link-type",
            "bad-link-shape", "value-too-small", "value-too-big", "not-in-list", "no-outputs", "one-output-bad-one-good", "history-missing",
            "object_info-KSampler", "object_info-missing", "models", "models-checkpoints", "models-bad", "features", "view-missing",
            "view-nofilename", "view-traversal", "view-subfolder-traversal", "view-type-bad", "history-delete", "free", "users",
            "settings-missing", "workflow_templates", "i18n", "internal-folder_paths",
            "experiment-models", "userdata-save", "settings-post", "settings-post-one", "settings-after");

    @TempDir
    private static Path directory;

    private static RunningServer server;

    @BeforeAll
    static void start() throws Exception {
        Recordings.makeModels(directory);
        server = RunningServer.start("comfyee", directory).awaitReady();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static Stream<String> names() {
        return Recordings.exchanges().stream().map(exchange -> (String) exchange.get("name")).filter(COMPARED::contains);
    }

    @ParameterizedTest
    @MethodSource("names")
    void answersAsRecorded(String name) throws Exception {
        var exchange = Recordings.exchanges().stream().filter(each -> each.get("name").equals(name)).findFirst().orElseThrow();
        var path = (String) exchange.get("path");
        var answer = exchange.get("method").equals("GET") ? server.get(path) : server.post(path, body(exchange));
        assertEquals(exchange.get("status"), (long) answer.statusCode(), answer.body());
        if (exchange.containsKey("json")) {
            var text = answer.body().replace(directory.toString(), "<base>");
            assertEquals(Recordings.withoutAccidents(exchange.get("json")), Recordings.withoutAccidents(Json.parse(text)));
        } else {
            assertEquals("", answer.body());
        }
    }

    private static String body(Map<String, Object> exchange) {
        return exchange.get("request_body") instanceof String text ? text : Json.write(exchange.get("request_json"));
    }

    @Test
    void userDataStaysInItsDirectory() throws Exception {
        assertEquals(200, server.post("/userdata/notes%2Fa.json", "{}").statusCode());
        assertEquals("[\"a.json\"]", server.get("/userdata?dir=notes").body());
        assertEquals("{}", server.get("/userdata/notes%2Fa.json").body());
        // The server itself refuses some of these before they get to us.
        for (var name : java.util.List.of("..%2F..%2Fx", "%2Fetc%2Fx", "a%2F..%2F..%2F..%2Fx")) {
            assertTrue(Set.of(400, 403).contains(server.post("/userdata/" + name, "{}").statusCode()), name);
        }
        assertEquals(409, server.post("/userdata/notes%2Fa.json?overwrite=false", "{}").statusCode());
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.ValueSource(strings = {"", "[]", "5", "null", "{\"prompt\":5}", "{\"prompt\":{\"1\":5}}",
        "{\"prompt\":{\"1\":{\"class_type\":\"SaveImage\",\"inputs\":5}}}",
        "{\"prompt\":{\"1\":{\"class_type\":\"SaveImage\",\"inputs\":{\"images\":[\"9\",0],\"filename_prefix\":\"a\"}}}}"})
    void brokenPromptsAreRefused(String body) throws Exception {
        assertEquals(400, server.post("/prompt", body).statusCode());
    }

    @Test
    void malformedJsonIsTheClientsFault() throws Exception {
        var answer = server.post("/prompt", "{not json");
        assertEquals(400, answer.statusCode());
        assertTrue(answer.body().contains("not valid JSON"), answer.body());
        assertEquals(200, server.get("/prompt").statusCode());
    }

    @Test
    void answersBelowApiToo() throws Exception {
        assertEquals(server.get("/queue").body(), server.get("/api/queue").body());
        assertEquals(server.get("/features").body(), server.get("/api/features").body());
    }

    @Test
    void foreignPagesAreKeptOut() throws Exception {
        var request = java.net.http.HttpRequest.newBuilder(server.url().resolve("/prompt")).header("Origin", "http://evil.example")
                .POST(java.net.http.HttpRequest.BodyPublishers.ofString("{}")).build();
        assertEquals(403, server.http().send(request, java.net.http.HttpResponse.BodyHandlers.ofString()).statusCode());
    }

    @Test
    void aCancelledPromptDoesNotRun() throws Exception {
        var slow = prompt(512, 30);
        var first = server.submit(slow);
        var second = server.submit(prompt(64, 2));
        server.post("/queue", Json.write(Map.of("delete", java.util.List.of(second))));
        server.post("/interrupt", "{}");
        server.awaitHistory(first);
        var third = server.submit(prompt(64, 3));
        server.awaitHistory(third);
        assertEquals("{}", server.get("/history/" + second).body());
        assertEquals("{\"exec_info\": {\"queue_remaining\": 0}}", server.get("/prompt").body());
    }

    private static Map<String, Object> prompt(int side, int steps) {
        var text = Json.write(Recordings.execution("fresh").get("prompt"));
        return Json.parseObject(text.replace("\"width\": 64, \"height\": 64", "\"width\": " + side + ", \"height\": " + side)
                .replace("\"steps\": 4", "\"steps\": " + steps));
    }
}
