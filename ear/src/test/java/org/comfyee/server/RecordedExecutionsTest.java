package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.comfyee.workflow.json.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What a websocket client of ComfyUI got while its prompt ran, message by message. The order matters: results are cached. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RecordedExecutionsTest {
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

    @Test
    @Order(1)
    void fresh() throws Exception {
        assertSameMessages("fresh");
    }

    @Test
    @Order(2)
    void fullyCached() throws Exception {
        assertSameMessages("fully-cached");
    }

    @Test
    @Order(3)
    void partlyCached() throws Exception {
        assertSameMessages("partly-cached");
    }

    @Test
    @Order(4)
    void withFeatureFlags() throws Exception {
        assertSameMessages("with-feature-flags");
    }

    @Test
    @Order(5)
    void aNodeThatRaises() throws Exception {
        assertSameMessages("node-raises");
    }

    @Test
    @Order(6)
    void previewImage() throws Exception {
        assertSameMessages("preview-image");
    }

    @Test
    @Order(7)
    void interrupted() throws Exception {
        var recording = Recordings.execution("interrupted");
        try (var client = RecordingClient.connect(server, (String) recording.get("client_id"))) {
            var id = submit(recording);
            client.until(message -> message.get("type").equals("progress"));
            server.post("/interrupt", "{}");
            var rest = client.until(RecordedExecutionsTest::isEnd);
            var types = rest.stream().map(frame -> (String) Json.object(frame).orElseThrow().get("type")).toList();
            assertEquals(List.of("execution_interrupted", "status", "executing"), types.subList(types.size() - 3, types.size()));
            var entry = server.awaitHistory(id);
            var expected = Json.object(Json.object(recording.get("history")).orElseThrow().values().iterator().next()).orElseThrow();
            assertEquals(Json.object(expected.get("status")).orElseThrow().get("status_str"), Json.object(entry.get("status")).orElseThrow().get("status_str"));
            assertEquals(expected.get("outputs"), entry.get("outputs"));
        }
    }

    private static String submit(Map<String, Object> recording) throws Exception {
        var body = new LinkedHashMap<String, Object>();
        body.put("prompt", recording.get("prompt"));
        body.put("client_id", recording.get("client_id"));
        var answer = server.post("/prompt", Json.write(body));
        assertEquals(recording.get("post_status"), (long) answer.statusCode(), answer.body());
        return (String) Json.parseObject(answer.body()).get("prompt_id");
    }

    private static boolean isEnd(Map<String, Object> message) {
        return message.get("type").equals("executing") && Json.object(message.get("data")).orElseThrow().get("node") == null;
    }

    private static void assertSameMessages(String name) throws Exception {
        var recording = Recordings.execution(name);
        try (var client = RecordingClient.connect(server, (String) recording.get("client_id"))) {
            if (recording.get("client_features") != null) {
                client.send(Map.of("type", "feature_flags", "data", recording.get("client_features")));
            }
            var greeting = client.until(message -> recording.get("client_features") == null || message.get("type").equals("feature_flags"));
            var id = submit(recording);
            var frames = new ArrayList<>(greeting);
            frames.addAll(client.until(RecordedExecutionsTest::isEnd));
            assertEquals(Recordings.comparable((List<?>) recording.get("messages")), Recordings.comparable(frames));
            var expected = Json.object(Json.object(recording.get("history")).orElseThrow().values().iterator().next()).orElseThrow();
            var entry = server.awaitHistory(id);
            assertEquals(Recordings.withoutAccidents(expected.get("outputs")), Recordings.withoutAccidents(entry.get("outputs")));
            assertEquals(expected.get("meta"), entry.get("meta"));
        }
    }
}
