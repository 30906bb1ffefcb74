package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.comfyee.workflow.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker, a front end and two workers, each a process of its own. */
class DistributedTest {
    @TempDir
    private Path directory;

    @Test
    void workersShareTheQueueAndTakeOverFromADeadOne() throws Exception {
        Recordings.makeModels(directory);
        var uri = "amqp://user:secret@127.0.0.1:" + FreePort.find();
        var grid = TestGrid.options(uri);
        try (var broker = RunningServer.start("comfyee-broker", directory, "--distributed-queue-connection-uri=" + uri).awaitReady();
                var frontEnd = RunningServer.start("comfyee", directory, TestGrid.with(grid, "--distributed-queue-frontend")).awaitReady();
                var one = RunningServer.start("comfyee-worker", directory, TestGrid.with(grid)).awaitReady();
                var two = RunningServer.start("comfyee-worker", directory, TestGrid.with(grid)).awaitReady()) {
            var ids = new ArrayList<String>();
            for (int seed = 0; seed < 10; seed++) {
                ids.add(frontEnd.submit(Recordings.prompt(seed, 64, 2)));
            }
            for (var id : ids) {
                assertEquals("success", Json.object(frontEnd.awaitHistory(id).get("status")).orElseThrow().get("status_str"));
            }
            assertTrue(one.log().contains(": success") && two.log().contains(": success"), "one worker did all the work");

            try (var client = frontEnd.connect("watcher")) {
                var id = client.submit(Recordings.prompt(99, 256, 30));
                client.until("progress");
                busyWorker(frontEnd, id, one, two).kill();
                client.until("execution_start");
                assertEquals("success", Json.object(frontEnd.awaitHistory(id).get("status")).orElseThrow().get("status_str"));
            }
            assertEquals(11, Json.parseObject(frontEnd.get("/history").body()).size());
            assertTrue(broker.log().contains("ready"));
        }
    }

    /** The process that runs a prompt, known by the worker id that its health page tells. */
    private static RunningServer busyWorker(RunningServer frontEnd, String promptId, RunningServer... workers) throws Exception {
        var busy = Await.found("a worker that runs " + promptId, () -> ((List<?>) Json.parse(frontEnd.get("/api/v1/workers").body())).stream()
                .map(worker -> Json.object(worker).orElseThrow()).filter(worker -> promptId.equals(worker.get("current_prompt"))).findFirst()).get("id");
        for (var worker : workers) {
            if (busy.equals(Json.parseObject(worker.get("/health").body()).get("worker"))) {
                return worker;
            }
        }
        throw new IllegalStateException("no worker runs " + promptId);
    }
}
