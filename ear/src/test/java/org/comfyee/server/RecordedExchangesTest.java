package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.comfyee.workflow.json.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * All requests that were sent to a ComfyUI server, in their order, since most change what later ones see, and what it answered.
 * What was done between them and not recorded is done here too.
 */
class RecordedExchangesTest {
    private static final String TYPE = "Content-Type";
    /** Of these only the form is the same on another machine, or another day. */
    private static final Set<String> SAME_FORM =
            Set.of("system_stats", "api-system_stats", "internal-logs", "internal-files-output", "experiment-models-checkpoints", "userdata-v2");
    private static final String BOUNDARY = "recorded-exchanges";

    @TempDir
    private static Path directory;

    private static RunningServer server;
    /** What this server calls the prompts that the recording knows by another id and number. */
    private static final Map<String, String> OWN_NAMES = new LinkedHashMap<>();

    @BeforeAll
    static void start() throws Exception {
        Recordings.makeModels(directory);
        server = RunningServer.start("comfyee", directory).awaitReady();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @TestFactory
    Stream<DynamicTest> answersAsRecorded() {
        return Recordings.exchanges().stream().map(exchange -> DynamicTest.dynamicTest((String) exchange.get("name"), () -> replay(exchange)));
    }

    private static void replay(Map<String, Object> exchange) throws Exception {
        var name = (String) exchange.get("name");
        prepare(name, exchange);
        var answer = server.client().http().send(request(name, exchange), BodyHandlers.ofByteArray());
        if (name.equals("bad-json")) {
            // The one answer that differs on purpose: what the client got wrong is no failure of the server.
            assertEquals(400, answer.statusCode());
            return;
        }
        assertEquals(exchange.get("status"), (long) answer.statusCode(), () -> text(answer));
        assertSameHeaders(Json.object(exchange.get("headers")).orElseThrow(), answer);
        if (!exchange.containsKey("json")) {
            assertEquals((long) exchange.getOrDefault("body_length", 0L) > 0, answer.body().length > 0);
            return;
        }
        var body = Json.parse(text(answer).replace(directory.toString(), "<base>"));
        switch (name) {
            case "object_info" -> assertEquals(Json.parse(server.get("/object_info/KSampler").body()),
                    Map.of("KSampler", Json.object(body).orElseThrow().get("KSampler")));
            case "cycle" -> assertEquals("prompt_outputs_failed_validation",
                    Json.object(Json.object(body).orElseThrow().get("error")).orElseThrow().get("type"));
            case "number" -> assertEquals(-5.0, Json.object(body).orElseThrow().get("number"));
            default -> assertSameBody(name, exchange.get("json"), body);
        }
    }

    private static void assertSameBody(String name, Object recorded, Object body) {
        if (SAME_FORM.contains(name)) {
            assertEquals(form(recorded), form(body));
            return;
        }
        assertEquals(Recordings.withoutAccidents(Json.parse(withOwnNames(Json.write(recorded)))), Recordings.withoutAccidents(body));
    }

    private static String withOwnNames(String json) {
        var own = json;
        for (var name : OWN_NAMES.entrySet()) {
            own = own.replace(name.getKey(), name.getValue());
        }
        return own;
    }

    /** Names and types instead of values; of several elements of a list the first. */
    private static Object form(Object value) {
        return switch (value) {
            case null -> "null";
            case Map<?, ?> map -> {
                var forms = new TreeMap<String, Object>();
                // Versions of what this server has not may be null.
                map.forEach((key, each) -> forms.put((String) key, String.valueOf(key).contains("_version") ? "version" : form(each)));
                yield forms;
            }
            case List<?> list -> list.stream().limit(1).map(RecordedExchangesTest::form).toList();
            default -> value.getClass().getSimpleName();
        };
    }

    private static void assertSameHeaders(Map<String, Object> expected, HttpResponse<byte[]> answer) {
        for (var header : List.of(TYPE, "Content-Disposition")) {
            assertEquals(expected.get(header), answer.headers().firstValue(header).orElse(null), header);
        }
        if ("0".equals(expected.get("Content-Length"))) {
            assertEquals("0", answer.headers().firstValue("Content-Length").orElse(null));
        }
    }

    private static HttpRequest request(String name, Map<String, Object> exchange) {
        var request = server.client().request((String) exchange.get("path"));
        if (name.equals("cross-origin-post")) {
            request.header("Origin", "http://evil.example");
        }
        if (name.startsWith("upload-")) {
            return upload(request, name);
        }
        var body = exchange.get("request_body") instanceof String text ? text
                : exchange.get("request_json") == null ? "" : withOwnNames(Json.write(exchange.get("request_json")));
        return request.method((String) exchange.get("method"), body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)).build();
    }

    private static HttpRequest upload(HttpRequest.Builder request, String name) {
        var form = new StringBuilder();
        if (!name.equals("upload-no-image")) {
            var content = name.equals("upload-overwrite") ? "another picture" : "a picture";
            form.append("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"image\"; filename=\"up.png\"\r\n\r\n" + content + "\r\n");
        }
        switch (name) {
            case "upload-subfolder" -> field(form, "subfolder", "sub");
            case "upload-traversal" -> field(form, "subfolder", "../..");
            case "upload-overwrite" -> field(form, "overwrite", "true");
            default -> field(form, "type", "input");
        }
        return request.header(TYPE, "multipart/form-data; boundary=" + BOUNDARY).POST(BodyPublishers.ofString(form + "--" + BOUNDARY + "--\r\n")).build();
    }

    private static void field(StringBuilder form, String name, String value) {
        form.append("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n");
    }

    private static void prepare(String name, Map<String, Object> exchange) throws Exception {
        switch (name) {
            case "queue-busy" -> submitAsRecorded(Json.object(exchange.get("json")).orElseThrow());
            case "prompt-info" -> server.client().awaitIdle();
            case "userdata-v2" -> assertEquals(200, server.post("/userdata/workflows%2Fa.json/move/workflows%2Fb.json", "").statusCode());
            case "upload-same-again" -> assertEquals(200, server.client().http().send(
                    upload(server.client().request("/upload/image"), name), BodyHandlers.discarding()).statusCode());
            default -> { }
        }
    }

    /** Makes the queue that was recorded: one prompt that runs, two that wait. */
    private static void submitAsRecorded(Map<String, Object> queue) throws Exception {
        server.client().awaitIdle();
        try (var client = server.connect("q")) {
            for (var items : List.of("queue_running", "queue_pending")) {
                for (var each : (List<?>) queue.get(items)) {
                    var item = (List<?>) each;
                    var answer = Json.parseObject(server.post("/prompt", Json.write(Map.of("prompt", item.get(2), "client_id", "q"))).body());
                    OWN_NAMES.put("[" + item.get(0) + ", \"" + item.get(1) + "\"", "[" + answer.get("number") + ", \"" + answer.get("prompt_id") + "\"");
                    OWN_NAMES.put((String) item.get(1), (String) answer.get("prompt_id"));
                }
            }
            client.until("progress");
        }
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }
}
