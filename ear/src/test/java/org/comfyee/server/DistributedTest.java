package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.comfyee.workflow.json.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker, a front end and two workers, each a process of its own. */
class DistributedTest {
    private static final List<RunningServer> SERVERS = new ArrayList<>();

    @TempDir
    private static Path directory;

    private static List<String> grid;
    private static RunningServer frontEnd;
    private static RunningServer one;
    private static RunningServer two;

    @BeforeAll
    static void start() throws Exception {
        Recordings.makeModels(directory);
        var uri = "amqp://user:secret@127.0.0.1:" + FreePort.find();
        grid = TestGrid.options(uri);
        start("comfyee-broker", "--distributed-queue-connection-uri=" + uri);
        frontEnd = startFrontEnd();
        one = start("comfyee-worker", TestGrid.with(grid));
        two = start("comfyee-worker", TestGrid.with(grid));
    }

    private static RunningServer start(String program, String... options) throws Exception {
        var server = RunningServer.start(program, directory, options);
        SERVERS.add(server);
        return server.awaitReady();
    }

    private static RunningServer startFrontEnd() throws Exception {
        return start("comfyee", TestGrid.with(grid, "--distributed-queue-frontend"));
    }

    @AfterAll
    static void stop() {
        SERVERS.reversed().forEach(RunningServer::close);
    }

    @Test
    void workersShareTheQueueAndTakeOverFromADeadOne() throws Exception {
        int before = recorded();
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
        assertEquals(before + 11, recorded());
    }

    private static int recorded() throws Exception {
        return Json.parseObject(frontEnd.get("/history").body()).size();
    }

    @Test
    void aFrontEndThatStartsLaterTellsAClientAtOnceWhichNodeRuns() throws Exception {
        try (var before = frontEnd.connect("moves")) {
            var id = before.submit(ApiTest.drawing(64, 10_000));
            var executing = before.until(message -> message.get("type").equals("progress"));
            var node = data(executing.getLast(), "node");
            before.leave();
            var second = startFrontEnd();
            try (var after = second.connect("moves")) {
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

    private static Object data(Object message, String key) {
        return Json.object(Json.object(message).orElseThrow().get("data")).orElseThrow().get(key);
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
