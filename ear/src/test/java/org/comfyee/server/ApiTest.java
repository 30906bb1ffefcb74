package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.comfyee.workflow.json.Json;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the API meets what clients get wrong, and what is not in the recordings. */
@ExtendWith(SharedServer.class)
class ApiTest {
    private static final int MEGABYTE = 1 << 20;

    private static RunningServer server;
    private static Path directory;

    @BeforeAll
    static void use(RunningServer shared, Path place) {
        server = shared;
        directory = place;
    }

    @Test
    void userDataStaysInItsDirectory() throws Exception {
        assertEquals(200, server.post("/userdata/notes%2Fa.json", "{}").statusCode());
        assertEquals("[\"a.json\"]", server.get("/userdata?dir=notes").body());
        assertEquals("{}", server.get("/userdata/notes%2Fa.json").body());
        for (var info : List.of(server.get("/userdata?dir=notes&full_info=true").body(), server.post("/userdata/notes%2Fa.json?full_info=true", "{}").body())) {
            assertTrue(info.matches("\\[?\\{\"path\": \"(notes/)?a.json\", \"size\": 2, \"modified\": [0-9.]+, \"created\": [0-9.]+}]?"), info);
        }
        // The server itself refuses some of these before they get to us.
        for (var name : List.of("..%2F..%2Fx", "%2Fetc%2Fx", "a%2F..%2F..%2F..%2Fx", "..%5C..%5Cx", "C:%5Cx")) {
            assertTrue(Set.of(400, 403).contains(server.post("/userdata/" + name, "{}").statusCode()), name);
        }
        assertEquals(409, server.post("/userdata/notes%2Fa.json?overwrite=false", "{}").statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"..%2Fmodels%2Fcheckpoints%2Fbroken.safetensors", "%2Fetc%2Fpasswd", "..%5Cuser", "%252e%252e%252fx", "C:%5Cwindows%5Cwin.ini", "link.txt"})
    void filesOutsideAreNotShown(String name) throws Exception {
        var outside = directory.resolve("outside.txt");
        Files.writeString(outside, "secret");
        var link = directory.resolve("output/link.txt");
        if (!Files.exists(link)) {
            Files.createSymbolicLink(link, outside);
        }
        var answer = server.get("/view?filename=" + name);
        assertTrue(Set.of(400, 403, 404).contains(answer.statusCode()), answer.statusCode() + ": " + answer.body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "5", "null", "{\"prompt\":5}", "{\"prompt\":{\"1\":5}}",
        "{\"prompt\":{\"1\":{\"class_type\":\"SaveImage\",\"inputs\":5}}}", "{\"prompt\":{\"1\":{\"class_type\":null,\"inputs\":{}}}}",
        "{\"prompt\":{\"1\":{\"class_type\":\"SaveImage\",\"inputs\":{\"images\":[\"9\",0],\"filename_prefix\":\"a\"}}}}"})
    void brokenPromptsAreRefused(String body) throws Exception {
        assertEquals(400, server.post("/prompt", body).statusCode());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"number|'-1.5'|-1.5", "number|' 1e3 '|1000.0", "number|true|1.0", "number|'Infinity'|Infinity",
        "prompt_id|7|'7'", "prompt_id|true|'True'", "prompt_id|'ID:AMQP_ULONG:x'|'ID:AMQP_ULONG:x'"})
    void whatAPromptMayBeCalledIsReadAsPythonDoes(String property, String value, String read) throws Exception {
        var answer = server.post("/prompt", prompt(property, value));
        assertEquals(200, answer.statusCode(), answer.body());
        var body = Json.parseObject(answer.body());
        assertEquals(Json.parse(read.replace('\'', '"')), body.get(property));
        assertEquals("success", Json.object(server.awaitHistory((String) body.get("prompt_id")).get("status")).orElseThrow().get("status_str"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"number|'five'", "number|null", "number|[]", "number|'nan'", "number|''", "prompt_id|'a\\nb'",
        "prompt_id|'\\ud800'", "extra_data|[]", "extra_data|'text'", "partial_execution_targets|5"})
    void whatAPromptCannotBeCalledIsTheClientsFault(String property, String value) throws Exception {
        var answer = server.post("/prompt", prompt(property, value));
        assertEquals(400, answer.statusCode(), answer.body());
        assertTrue(Json.object(Json.parseObject(answer.body()).get("error")).orElseThrow().get("details").toString().startsWith(property + " is "), answer.body());
    }

    /** Clients that have nothing to say leave things out, or say null or nothing. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"prompt_id|null", "prompt_id|''", "client_id|null", "client_id|5", "client_id|['a']", "client_id|''",
        "extra_data|null", "extra_data|{}", "extra_data|{'extra_pnginfo': {}}", "extra_data|{'extra_pnginfo': null}", "extra_data|{'extra_pnginfo': []}",
        "extra_data|{'extra_pnginfo': {'workflow': null}}", "front|'yes'", "partial_execution_targets|null"})
    void whatIsNotSaidIsNotMissed(String property, String value) throws Exception {
        var answer = server.post("/prompt", prompt(property, value));
        assertEquals(200, answer.statusCode(), answer.body());
        var id = (String) Json.parseObject(answer.body()).get("prompt_id");
        assertTrue(id.length() > 4, id);
        assertEquals("success", Json.object(server.awaitHistory(id).get("status")).orElseThrow().get("status_str"));
        assertEquals(200, server.get("/api/jobs/" + id).statusCode());
    }

    private static String prompt(String property, String value) {
        return "{\"prompt\": " + Json.write(picture(3)) + ", \"" + property + "\": " + value.replace('\'', '"') + "}";
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/prompts", "/upload/image", "/upload/mask"})
    void formsWithoutAnythingAreTheClientsFault(String path) throws Exception {
        assertEquals(400, server.client().send(server.client().request(path).POST(BodyPublishers.noBody())).statusCode());
        assertEquals(400, server.client().send(server.client().request(path).header("Content-Type", "multipart/form-data; boundary=x")
                .POST(BodyPublishers.noBody())).statusCode());
    }

    /** As the client library of ComfyUI's distributed mode asks, which makes an object of exactly these three. */
    @Test
    void aPromptInOneRequestIsAnsweredWithLinksOrItsPicture() throws Exception {
        var prompt = Json.write(Recordings.prompt(91, 64, 2));
        var links = server.client().send(ask("application/json").POST(BodyPublishers.ofString(prompt)));
        assertEquals(200, links.statusCode(), links.body());
        var answer = Json.parseObject(links.body());
        assertEquals(Set.of("urls", "outputs", "prompt_id"), answer.keySet());
        assertEquals(answer.get("outputs"), Json.parse(server.get("/api/v1/prompts/" + answer.get("prompt_id")).body()));
        for (var url : (List<?>) answer.get("urls")) {
            var path = url.toString().substring(url.toString().indexOf("/view"));
            assertTrue(isPng(server.client().bytes(path).body()), path);
        }
        var picture = server.client().http().send(ask("image/png").POST(BodyPublishers.ofString(prompt)).build(), BodyHandlers.ofByteArray());
        assertEquals(200, picture.statusCode());
        assertTrue(isPng(picture.body()));
    }

    @ParameterizedTest
    @CsvSource({"application/json, respond-async", "application/json+respond-async, none"})
    void aPromptThatNobodyWaitsForIsAskedForUntilItHasEnded(String accept, String prefer) throws Exception {
        var accepted = server.client().send(ask(accept).header("Prefer", prefer).POST(BodyPublishers.ofString(Json.write(Recordings.prompt(92, 64, 2)))));
        assertEquals(202, accepted.statusCode());
        var id = (String) Json.parseObject(accepted.body()).get("prompt_id");
        assertEquals("api/v1/prompts/" + id, accepted.headers().firstValue("Location").orElseThrow());
        var state = Await.found("the end of " + id, () -> Optional.of(server.get("/api/v1/prompts/" + id)).filter(each -> each.statusCode() != 204));
        assertEquals(200, state.statusCode());
        assertEquals(server.history(id).orElseThrow().get("outputs"), Json.parse(state.body()));
        assertEquals(404, server.get("/api/v1/prompts/" + id + "0").statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "respond-async"})
    void aPromptThatCannotRunIsRefusedWithWhatIsWrongWithWhichNode(String prefer) throws Exception {
        var prompt = Map.of("1", Map.of("class_type", "EmptyImage", "inputs", Map.of("width", -1, "height", 8, "batch_size", 1, "color", 0)),
                "2", Map.of("class_type", "PreviewImage", "inputs", Map.of("images", List.of("1", 0))));
        var refused = server.client().send(ask("application/json").header("Prefer", prefer).POST(BodyPublishers.ofString(Json.write(prompt))));
        assertEquals(400, refused.statusCode());
        var error = Json.parseObject(refused.body());
        assertEquals("prompt_outputs_failed_validation", error.get("type"));
        var info = Json.object(error.get("extra_info")).orElseThrow();
        assertEquals(Set.of("exception_type", "traceback", "node_errors"), info.keySet());
        assertEquals(Set.of("1"), Json.object(info.get("node_errors")).orElseThrow().keySet());
    }

    private static HttpRequest.Builder ask(String accept) {
        return server.client().request("/api/v1/prompts").header("Content-Type", "application/json").header("Accept", accept);
    }

    private static boolean isPng(byte[] content) {
        return content.length > 8 && new String(content, 1, 3, StandardCharsets.US_ASCII).equals("PNG");
    }

    @Test
    void thePageIsReadAndNothingElse() throws Exception {
        for (var path : List.of("/", "/api/")) {
            var head = server.client().send(server.client().request(path).method("HEAD", BodyPublishers.noBody()));
            assertEquals(server.get(path).headers().firstValue("Content-Type"), head.headers().firstValue("Content-Type"));
            assertEquals(server.get(path).headers().firstValue("Content-Length"), head.headers().firstValue("Content-Length"));
            assertEquals(405, server.post(path, "{}").statusCode());
        }
    }

    /** As of a server that has files of a page below every path, except those that only the page uses. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"GET|/nope|404||", "HEAD|/nope|404||", "GET|/interrupt|404||", "GET|/api/internal/logs|404||", "GET|/models/|404||", "POST|/api/prompt/|405|GET,HEAD|405: Method Not Allowed",
        "POST|/nope|405|GET,HEAD|405: Method Not Allowed", "DELETE|/features|405|GET,HEAD|405: Method Not Allowed",
        "DELETE|/api/prompt|405|GET,HEAD,POST|405: Method Not Allowed", "PUT|/interrupt|405|GET,HEAD,POST|405: Method Not Allowed",
        "POST|/|405|GET,HEAD|405: Method Not Allowed", "POST|/ws|405|GET,HEAD|405: Method Not Allowed",
        "POST|/api/internal/logs|405|GET,HEAD|405: Method Not Allowed", "GET|/internal/nope|404||404: Not Found", "GET|/internal/logs/|404||404: Not Found",
        "GET|/internal/logs/subscribe|405|PATCH|405: Method Not Allowed", "POST|/internal/logs|405|GET,HEAD|405: Method Not Allowed"})
    void whatHasNoRouteIsToldSo(String method, String path, int status, String allow, String body) throws Exception {
        var answer = server.client().send(server.client().request(path).method(method, BodyPublishers.noBody()));
        assertEquals(status, answer.statusCode());
        assertEquals(Objects.requireNonNullElse(body, ""), answer.body());
        assertEquals(allow, answer.headers().firstValue("Allow").map(value -> value.replace(" ", "")).orElse(null));
        assertEquals(body == null ? "application/octet-stream" : "text/plain; charset=utf-8", answer.headers().firstValue("Content-Type").orElse(""));
        assertEquals("nosniff", answer.headers().firstValue("X-Content-Type-Options").orElse(""));
    }

    @Test
    void malformedJsonIsTheClientsFault() throws Exception {
        var answer = server.post("/prompt", "{not json");
        assertEquals(400, answer.statusCode());
        assertTrue(answer.body().contains("not valid JSON"), answer.body());
        assertTrue(answer.body().contains("line: 1, column: 2"), answer.body());
        assertFalse(answer.body().contains("Source"), answer.body());
        var unfinished = server.post("/prompt", "{").body();
        assertTrue(unfinished.contains("(start marker at line: 1, column: 1)"), unfinished);
        assertEquals(200, server.get("/prompt").statusCode());
    }

    @Test
    void nodesThatAreNotHereAreRefusedByName() throws Exception {
        var answer = server.post("/prompt", "{\"prompt\":{\"1\":{\"class_type\":\"SomebodysNode\",\"inputs\":{}}}}");
        assertEquals(400, answer.statusCode());
        assertTrue(answer.body().contains("node SomebodysNode does not exist"), answer.body());
    }

    @Test
    void scriptsMayPostJsonAsIfItWereAForm() throws Exception {
        // As Python's urllib does when nobody tells it a type.
        var body = Json.write(Map.of("prompt", picture(1)));
        var answer = server.client().send(server.client().request("/prompt").header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(body)));
        assertEquals(200, answer.statusCode(), answer.body());
    }

    @Test
    void bodiesMayComePacked() throws Exception {
        var packed = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(packed)) {
            out.write(Json.write(Map.of("prompt", picture(2))).getBytes(StandardCharsets.UTF_8));
        }
        var whole = packed.toByteArray();
        assertEquals(200, server.client().send(pack("/prompt", whole)).statusCode());
        assertEquals(400, server.client().send(pack("/prompt", Arrays.copyOf(whole, whole.length / 2))).statusCode());
        assertEquals(400, server.client().send(pack("/prompt", "{}".getBytes(StandardCharsets.UTF_8))).statusCode());
        // What is small packed counts by what it becomes.
        packed.reset();
        try (var out = new GZIPOutputStream(packed)) {
            out.write(new byte[(SharedServer.MOST_MEGABYTES + 1) * MEGABYTE]);
        }
        assertEquals(413, server.client().send(pack("/userdata/packed.bin", packed.toByteArray())).statusCode());
        assertEquals(404, server.get("/userdata/packed.bin").statusCode());
    }

    private static HttpRequest.Builder pack(String path, byte[] body) {
        return server.client().request(path).header("Content-Encoding", "gzip").POST(BodyPublishers.ofByteArray(body));
    }

    @Test
    void aFileNameMayCarryDirectories() throws Exception {
        var answer = server.client().upload("/upload/image", "one/two/deep.png", new byte[] {1}, Map.of("subfolder", "zero"));
        assertEquals("{\"name\": \"one/two/deep.png\", \"subfolder\": \"zero\", \"type\": \"input\"}", answer.body());
        assertTrue(Files.exists(directory.resolve("input/zero/one/two/deep.png")));
        var again = server.client().upload("/upload/image", "one/two/deep.png", new byte[] {2}, Map.of("subfolder", "zero"));
        assertEquals("one/two/deep (1).png", Json.parseObject(again.body()).get("name"));
    }

    @Test
    void answersBelowApiToo() throws Exception {
        assertEquals(server.get("/users").body(), server.get("/api/users").body());
        assertEquals(server.get("/features").body(), server.get("/api/features").body());
        assertEquals(server.get("/").body(), server.get("/api/").body());
    }

    @Test
    void foreignPagesAreKeptOut() throws Exception {
        var answer = server.client().send(server.client().request("/prompt").header("Origin", "http://evil.example").POST(BodyPublishers.ofString("{}")));
        assertEquals(403, answer.statusCode());
    }

    @Test
    void newFilesAppearInTheListsOfNodes() throws Exception {
        assertFalse(server.get("/object_info/LoadImage").body().contains("arrived.png"));
        assertEquals(200, server.client().upload("/upload/image", "arrived.png", "a picture".getBytes(StandardCharsets.UTF_8), Map.of()).statusCode());
        assertTrue(server.get("/object_info/LoadImage").body().contains("arrived.png"));
        Files.write(Files.createDirectories(directory.resolve("models/loras")).resolve("new.safetensors"), new byte[8]);
        assertTrue(server.get("/object_info/LoraLoader").body().contains("new.safetensors"));
    }

    @Test
    void bodiesBeyondTheLimitAreRefusedHoweverTheyAreSent() throws Exception {
        var body = new byte[(SharedServer.MOST_MEGABYTES + 1) * MEGABYTE];
        assertEquals(413, server.client().upload("/upload/image", "big.bin", body, Map.of()).statusCode());
        // Without a length told beforehand.
        var chunked = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));
        for (var path : List.of("/userdata/big.bin", "/prompt", "/api/v1/prompts")) {
            assertEquals(413, server.client().send(server.client().request(path).header("Content-Type", "application/json").POST(chunked)).statusCode(), path);
        }
        assertEquals(404, server.get("/userdata/big.bin").statusCode());
        var fits = new byte[(SharedServer.MOST_MEGABYTES - 1) * MEGABYTE];
        assertEquals(200, server.client().upload("/upload/image", "fits.bin", fits, Map.of()).statusCode());
        assertArrayEquals(fits, server.client().bytes("/view?filename=fits.bin&type=input").body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/object_info/KSampler", "/embeddings"})
    void answersAreCompressedForThoseWhoAskForIt(String path) throws Exception {
        var plain = server.get(path).body();
        var answer = server.client().http().send(server.client().request(path).header("Accept-Encoding", "gzip").build(),
                BodyHandlers.ofInputStream());
        assertEquals("gzip", answer.headers().firstValue("Content-Encoding").orElse(""));
        try (var content = new GZIPInputStream(answer.body())) {
            assertEquals(plain, new String(content.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void everyRouteIsDescribed() throws Exception {
        var description = Json.parseObject(server.get("/openapi.json").body());
        var described = new HashSet<>(Json.object(description.get("paths")).orElseThrow().keySet());
        var expected = List.of("/api/prompt", "/api/queue", "/api/interrupt", "/api/free", "/api/history", "/api/history/{id}", "/api/v1/prompts",
                "/api/v1/prompts/{id}", "/api/jobs", "/api/jobs/{id}", "/api/jobs/{id}/cancel", "/api/jobs/cancel", "/api/node_replacements", "/api/object_info", "/api/object_info/{name}", "/api/embeddings", "/api/extensions",
                "/api/features", "/api/system_stats", "/api/view", "/api/upload/image", "/api/upload/mask", "/api/view_metadata/{folder}", "/api/models",
                "/api/models/{folder}", "/api/experiment/models", "/api/experiment/models/{folder}", "/api/experiment/models/preview/{folder}/{index}/{file}",
                "/api/users", "/api/settings", "/api/settings/{id}", "/api/userdata", "/api/userdata/{file}", "/api/userdata/{file}/move/{to}",
                "/api/v2/userdata", "/api/i18n", "/api/workflow_templates", "/api/global_subgraphs", "/api/global_subgraphs/{id}", "/internal/logs",
                "/internal/logs/raw", "/internal/logs/subscribe", "/internal/folder_paths", "/internal/files/{type}", "/api/health", "/api/v1/workers",
                "/api/assets", "/api/assets/{id}", "/api/tags");
        assertEquals(List.of(), expected.stream().filter(path -> !described.contains(path)).toList());
        assertTrue(server.get("/openapi").body().startsWith("openapi:"));
    }

    @Test
    void filesAreFoundAsAssets() throws Exception {
        server.client().upload("/upload/image", "asset-a.png", "one".getBytes(StandardCharsets.UTF_8), Map.of("subfolder", "drawer"));
        var found = Json.parseObject(server.get("/api/assets?include_tags=input,drawer&name_contains=asset-").body());
        assertEquals(1L, found.get("total"));
        var asset = Json.object(((List<?>) found.get("assets")).getFirst()).orElseThrow();
        assertEquals("asset-a.png", asset.get("name"));
        assertEquals(List.of("input", "drawer"), asset.get("tags"));
        assertEquals("asset-a.png", Json.parseObject(server.get("/api/assets/" + asset.get("id")).body()).get("name"));
        assertEquals(404, server.get("/api/assets/00000000-0000-0000-0000-000000000000").statusCode());
        assertEquals(400, server.get("/api/assets?limit=501").statusCode());
        assertTrue(server.get("/api/tags?prefix=dra").body().contains("{\"name\": \"drawer\", \"count\": 1, \"type\": \"user\"}"));
    }

    @Test
    void strangersGetNoStackTraces() throws Exception {
        for (var path : List.of("/view?filename=broken.png&type=input&channel=a", "/history?max_items=many", "/userdata?dir=%00", "/models/%00")) {
            var body = server.get(path).body();
            assertFalse(Pattern.compile("\\bat (org|java|com)\\.|Exception").matcher(body).find(), body);
        }
    }

    /** Whether by the queue or as jobs. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCancelledPromptDoesNotRun(boolean jobs) throws Exception {
        var first = server.submit(drawing(512, 30));
        var second = server.submit(drawing(64, 2));
        // What does not run yet cannot be interrupted.
        Await.until("the start of " + first, () -> server.isRunning(first));
        if (jobs) {
            assertEquals("{\"cancelled\": true}", server.post("/api/jobs/cancel", Json.write(Map.of("job_ids", List.of("unknown", second)))).body());
            assertEquals("{\"cancelled\": false}", server.post("/api/jobs/" + second + "/cancel", "").body());
            assertEquals("{\"cancelled\": true}", server.post("/api/jobs/" + first + "/cancel", "").body());
        } else {
            server.post("/queue", Json.write(Map.of("delete", List.of(second))));
            server.post("/interrupt", Json.write(Map.of("prompt_id", first)));
        }
        server.awaitHistory(first);
        assertTrue(server.get("/api/jobs/" + first).body().contains("\"status\": \"cancelled\""));
        server.awaitHistory(server.submit(drawing(64, jobs ? 4 : 3)));
        assertEquals("{}", server.get("/history/" + second).body());
    }

    @Test
    void onlyIdsOfJobsAreCancelled() throws Exception {
        assertEquals("{\"error\": \"job_ids must be a list\"}", server.post("/api/jobs/cancel", "{}").body());
        var refused = server.post("/api/jobs/cancel", "{\"job_ids\": [\"a\", {\"b\": 1}]}");
        assertEquals(400, refused.statusCode());
        assertEquals(List.of("{\"b\": 1}"), Json.parseObject(refused.body()).get("invalid_ids"));
    }

    @Test
    void wishesAreTakenForTrueAsPythonDoes() throws Exception {
        var id = server.submit(picture(42));
        server.awaitHistory(id);
        server.post("/history", "{\"clear\": 0}");
        assertTrue(server.history(id).isPresent());
        server.post("/history", "{\"clear\": 1}");
        assertEquals("{}", server.get("/history").body());
    }

    /** A workflow that needs no model. */
    static Map<String, Object> picture(int colour) {
        return Map.of("1", Map.of("class_type", "EmptyImage", "inputs", Map.of("width", 16, "height", 16, "batch_size", 1, "color", colour)),
                "2", Map.of("class_type", "PreviewImage", "inputs", Map.of("images", List.of("1", 0))));
    }

    /** A workflow that samples. */
    static Map<String, Object> drawing(int side, int steps) {
        var text = Json.write(Recordings.execution("fresh").get("prompt"));
        return Json.parseObject(text.replace("\"width\": 64, \"height\": 64", "\"width\": " + side + ", \"height\": " + side)
                .replace("\"steps\": 4", "\"steps\": " + steps));
    }
}
