package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.comfyee.server.soak.NodeJar;
import org.comfyee.workflow.json.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators and many users see of a cluster of two front ends and two workers, each a process of its own. */
class SchedulingTest {
    private static final String TOKEN = "of-the-test";
    private static final int SLEEP_MILLIS = 30;

    @TempDir
    private static Path directory;

    private static final List<RunningServer> SERVERS = new ArrayList<>();
    private static RunningServer front;
    private static RunningServer otherFront;
    private static List<RunningServer> workers;
    private static int tag;

    @BeforeAll
    static void start() throws Exception {
        NodeJar.writeSleepNode(directory);
        var grid = TestGrid.options("amqp://user:secret@127.0.0.1:" + FreePort.find());
        SERVERS.add(RunningServer.start("comfyee-broker", directory, grid.getFirst()).awaitReady());
        front = RunningServer.start("comfyee", directory, TestGrid.with(grid, "--distributed-queue-frontend", "--admin-token=" + TOKEN));
        otherFront = RunningServer.start("comfyee", directory, TestGrid.with(grid, "--distributed-queue-frontend"));
        var worker = TestGrid.with(grid, "--distributed-queue-idle-seconds=1");
        workers = List.of(RunningServer.start("comfyee-worker", directory, worker), RunningServer.start("comfyee-worker", directory, worker));
        SERVERS.addAll(List.of(front, otherFront));
        SERVERS.addAll(workers);
        for (var server : SERVERS) {
            server.awaitReady();
        }
    }

    @AfterAll
    static void stop() {
        SERVERS.reversed().forEach(RunningServer::close);
    }

    private static String submit(RunningServer server, String client, int milliseconds) throws Exception {
        var answer = server.post("/prompt", Json.write(Map.of("prompt", NodeJar.sleepingPrompt(milliseconds, tag++), "client_id", client)));
        assertEquals(200, answer.statusCode(), answer.body());
        return (String) Json.parseObject(answer.body()).get("prompt_id");
    }

    private static int admin(RunningServer server, String method, String path, String token) throws Exception {
        return server.client().send(HttpRequest.newBuilder(URI.create(server.url() + "/api/v1/admin/" + path))
                .header("Authorization", "Bearer " + token).method(method, HttpRequest.BodyPublishers.noBody())).statusCode();
    }

    private static long begin(String promptId) throws Exception {
        var status = Json.object(front.awaitHistory(promptId).get("status")).orElseThrow();
        assertEquals("success", status.get("status_str"));
        var first = (List<?>) ((List<?>) status.get("messages")).getFirst();
        return ((Number) Json.object(first.getLast()).orElseThrow().get("timestamp")).longValue();
    }

    @Test
    void aPausedQueueWaitsAndThenClientsTakeTurns() throws Exception {
        assertEquals(200, admin(front, "POST", "queue/pause", TOKEN));
        var many = new ArrayList<String>();
        for (int i = 0; i < 8; i++) {
            many.add(submit(front, "many", SLEEP_MILLIS));
        }
        var one = submit(otherFront, "one", SLEEP_MILLIS);
        assertEquals(List.of(), Json.parseObject(otherFront.get("/queue").body()).get("queue_running"));
        assertEquals(9, ((List<?>) Json.parseObject(otherFront.get("/queue").body()).get("queue_pending")).size());
        assertEquals(200, admin(front, "POST", "queue/resume", TOKEN));
        var begins = new ArrayList<Long>();
        for (var id : many) {
            begins.add(begin(id));
        }
        // Two workers begin two prompts at once, in either order; the one after these waits for one of them.
        for (int i = 2; i < begins.size(); i++) {
            assertTrue(begins.get(i - 2) < begins.get(i), "the prompts of one client began in another order: " + begins);
        }
        assertTrue(begin(one) < begins.get(4), "many prompts of one client kept another waiting");
    }

    @Test
    void onlyWhoKnowsTheTokenAdministers() throws Exception {
        assertEquals(401, admin(front, "GET", "workers", "another"));
        assertEquals(403, admin(otherFront, "GET", "workers", TOKEN));
        assertEquals(404, admin(front, "POST", "workers/nobody/pause", TOKEN));
        assertEquals(200, admin(front, "GET", "dead-letters", TOKEN));
    }

    @Test
    void aClientThatComesBackAtAnotherFrontEndHearsTheRest() throws Exception {
        String id;
        try (var client = front.connect("wanderer")) {
            id = submit(front, "wanderer", 4_000);
            client.until("progress");
        }
        try (var client = otherFront.connect("wanderer")) {
            var rest = client.until("execution_success");
            assertEquals(id, Json.object(Json.object(rest.getLast()).orElseThrow().get("data")).orElseThrow().get("prompt_id"));
        }
    }

    @Test
    void aPromptThatRunsLongerThanConnectionsMayBeSilentRunsOnce() throws Exception {
        var id = submit(front, "long", 4_000);
        begin(id);
        try (var begun = Files.lines(directory.resolve("output/soak-begun.txt"))) {
            assertEquals(1, begun.filter(line -> line.startsWith(id)).count());
        }
    }

    @Test
    void aWorkerThatIsToldToStopEndsItsPromptAndLeaves() throws Exception {
        var id = submit(front, "drain", 5_000);
        var worker = Await.found("a worker that runs " + id, () -> busyWorker(id));
        var busy = SERVERS.stream().filter(server -> isWorker(server, worker)).findFirst().orElseThrow();
        var next = new ArrayList<String>();
        for (int i = 0; i < 4; i++) {
            next.add(submit(front, "drain", SLEEP_MILLIS));
        }
        assertEquals(0, busy.terminate(), busy.log());
        assertEquals("success", Json.object(front.awaitHistory(id).get("status")).orElseThrow().get("status_str"));
        assertFalse(listed().stream().anyMatch(each -> each.get("id").equals(worker)), "the worker is still listed");
        assertTrue(busy.log().contains("prompt " + id + ": success"));
        for (var each : next) {
            begin(each);
        }
    }

    private static List<Map<String, Object>> listed() throws Exception {
        return ((List<?>) Json.parse(front.get("/api/v1/workers").body())).stream().map(worker -> Json.object(worker).orElseThrow()).toList();
    }

    private static Optional<Object> busyWorker(String promptId) throws Exception {
        return listed().stream().filter(worker -> promptId.equals(worker.get("current_prompt"))).map(worker -> worker.get("id")).findFirst();
    }

    private static boolean isWorker(RunningServer server, Object id) {
        try {
            return workers.contains(server) && server.get("/health").body().contains('"' + id.toString() + '"');
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
