package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
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
        try (var client = server.connect((String) recording.get("client_id"))) {
            var id = client.submit(Json.object(recording.get("prompt")).orElseThrow());
            client.until("progress");
            server.post("/interrupt", "{}");
            var rest = client.untilEnd();
            var types = rest.stream().map(frame -> (String) Json.object(frame).orElseThrow().get("type")).toList();
            assertEquals(List.of("execution_interrupted", "status", "executing"), types.subList(types.size() - 3, types.size()));
            assertEquals(interruption((List<?>) recording.get("messages")), interruption(rest));
            var entry = server.awaitHistory(id);
            var expected = Json.object(Json.object(recording.get("history")).orElseThrow().values().iterator().next()).orElseThrow();
            assertEquals(Json.object(expected.get("status")).orElseThrow().get("status_str"), Json.object(entry.get("status")).orElseThrow().get("status_str"));
            assertEquals(expected.get("outputs"), entry.get("outputs"));
        }
    }

    private static Object interruption(List<?> messages) {
        return messages.stream().filter(message -> "execution_interrupted".equals(Json.object(message).orElse(Map.of()).get("type")))
                .map(Recordings::withoutAccidents).findFirst().orElseThrow();
    }

    private static void assertSameMessages(String name) throws Exception {
        var recording = Recordings.execution(name);
        try (var client = server.connect((String) recording.get("client_id"))) {
            if (recording.get("client_features") != null) {
                client.tell(Map.of("type", "feature_flags", "data", recording.get("client_features")));
            }
            var greeting = client.until(message -> recording.get("client_features") == null || message.get("type").equals("feature_flags"));
            var id = client.submit(Json.object(recording.get("prompt")).orElseThrow());
            var frames = new ArrayList<>(greeting);
            frames.addAll(client.untilEnd());
            assertEquals(Recordings.comparable((List<?>) recording.get("messages")), Recordings.comparable(frames));
            var expected = Json.object(Json.object(recording.get("history")).orElseThrow().values().iterator().next()).orElseThrow();
            var entry = server.awaitHistory(id);
            assertEquals(Recordings.withoutAccidents(expected.get("outputs")), Recordings.withoutAccidents(entry.get("outputs")));
            assertEquals(expected.get("meta"), entry.get("meta"));
        }
    }
}
