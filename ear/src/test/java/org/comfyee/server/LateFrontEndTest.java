package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.comfyee.workflow.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two front ends, of which the second starts while a prompt runs that came over the first. */
class LateFrontEndTest {
    @TempDir
    private Path directory;

    private static Object data(Object message, String key) {
        return Json.object(Json.object(message).orElseThrow().get("data")).orElseThrow().get(key);
    }

    @Test
    void itTellsAClientAtOnceWhichNodeRuns() throws Exception {
        Recordings.makeModels(directory);
        var uri = "amqp://user:secret@127.0.0.1:" + FreePort.find();
        var grid = TestGrid.options(uri);
        try (var _ = RunningServer.start("comfyee-broker", directory, "--distributed-queue-connection-uri=" + uri).awaitReady();
                var first = RunningServer.start("comfyee", directory, TestGrid.with(grid, "--distributed-queue-frontend")).awaitReady();
                var _ = RunningServer.start("comfyee-worker", directory, TestGrid.with(grid)).awaitReady();
                var before = first.connect("moves")) {
            var id = before.submit(ApiTest.drawing(64, 10_000));
            var executing = before.until(message -> message.get("type").equals("progress"));
            var node = data(executing.getLast(), "node");
            before.leave();
            try (var second = RunningServer.start("comfyee", directory, TestGrid.with(grid, "--distributed-queue-frontend")).awaitReady();
                    var after = second.connect("moves")) {
                var told = after.until("executing");
                assertEquals(List.of("status", "executing"), told.stream().filter(Map.class::isInstance).map(frame -> ((Map<?, ?>) frame).get("type")).toList());
                assertEquals(Map.of("node", node), Json.object(told.getLast()).orElseThrow().get("data"));
                second.post("/interrupt", Json.write(Map.of("prompt_id", id)));
                assertEquals(id, data(after.untilEnd().getLast(), "prompt_id"));
                try (var again = second.connect("moves")) {
                    assertEquals("status", Json.object(again.until("status").getFirst()).orElseThrow().get("type"));
                    Thread.sleep(200);
                    assertEquals(List.of(), again.soFar());
                }
            }
        }
    }
}
