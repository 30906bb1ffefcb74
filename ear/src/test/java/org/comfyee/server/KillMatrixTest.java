package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.comfyee.workflow.json.Json;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deaths that take minutes to try. */
@Tag("kill")
class KillMatrixTest {
    @TempDir
    private Path directory;

    @Test
    void allThatIsKnownOutlivesTheDeathOfAllAtOnce() throws Exception {
        Recordings.makeModels(directory);
        try (var cluster = TestCluster.start(directory)) {
            var ended = cluster.frontEnd().submit(Recordings.prompt(1, 64, 2));
            assertEquals("success", cluster.status(ended));
            var running = cluster.frontEnd().submit(Recordings.prompt(2, 128, 20));
            var waiting = new ArrayList<String>();
            for (int seed = 3; seed < 6; seed++) {
                waiting.add(cluster.frontEnd().submit(Recordings.prompt(seed, 64, 2)));
            }
            var cancelled = cluster.frontEnd().submit(Recordings.prompt(6, 64, 2));
            cluster.awaitRunning(running);
            cluster.frontEnd().post("/queue", Json.write(Map.of("delete", List.of(cancelled))));

            cluster.killAll();
            cluster.restartAll();
            assertTrue(cluster.frontEnd().history(ended).isPresent(), "what had ended is not in the history any more");
            waiting.add(running);
            for (var id : waiting) {
                assertEquals("success", cluster.status(id));
                assertEquals(1, cluster.timesRecorded(id), id);
            }
            assertEquals(1, cluster.timesRecorded(ended), "what had ended was run again");
            assertFalse(cluster.frontEnd().history(cancelled).isPresent(), "what was taken back was run");
            assertEquals(waiting.size() + 1, Json.parseObject(cluster.frontEnd().get("/history").body()).size());

            // And once more, with nothing left to do.
            cluster.killAll();
            cluster.restartAll();
            assertEquals(waiting.size() + 1, Json.parseObject(cluster.frontEnd().get("/history").body()).size());
        }
    }

    @Test
    void aPromptThatTakesEachWorkerDownEndsAsAnError() throws Exception {
        Recordings.makeModels(directory);
        try (var cluster = TestCluster.start(directory)) {
            var poison = cluster.frontEnd().submit(Recordings.prompt(1, 256, 100));
            for (int attempt = 1; attempt <= 3; attempt++) {
                cluster.awaitRunning(poison);
                cluster.worker().kill();
                cluster.startWorker();
                cluster.worker().awaitReady();
            }
            assertEquals("error", cluster.status(poison));
            assertEquals(1, cluster.timesRecorded(poison));
            assertEquals("success", cluster.status(cluster.frontEnd().submit(Recordings.prompt(2, 64, 2))));
        }
    }

    /** Of each entry in the data grid there are two copies, so that some have both on the two that die. */
    @Test
    void nothingIsLostWhenTwoWorkersDieAtOnce() throws Exception {
        Recordings.makeModels(directory);
        try (var cluster = TestCluster.start(directory)) {
            var first = cluster.worker();
            cluster.startWorker();
            var second = cluster.worker().awaitReady();
            cluster.startWorker();
            cluster.worker().awaitReady();
            var ids = new ArrayList<String>();
            for (int seed = 0; seed < 24; seed++) {
                ids.add(cluster.frontEnd().submit(Recordings.prompt(seed, 64, 1)));
            }
            for (var id : ids) {
                assertEquals("success", cluster.status(id));
            }
            for (int seed = 30; seed < 60; seed++) {
                ids.add(cluster.frontEnd().submit(Recordings.prompt(seed, 64, 2)));
            }
            first.kill();
            second.kill();
            for (var id : ids) {
                assertEquals("success", cluster.status(id));
                assertEquals(1, cluster.timesRecorded(id), id);
            }
            assertEquals(ids.size(), Json.parseObject(cluster.frontEnd().get("/history").body()).size());
        }
    }

    @Test
    void aWorkerProcessThatDiesIsStartedAgainAndAllFinishWhatRuns() throws Exception {
        Recordings.makeModels(directory);
        try (var cluster = TestCluster.start(directory)) {
            assertEquals(0, cluster.worker().terminate());
            cluster.startWorker("--worker-processes", "2");
            var supervisor = cluster.worker().awaitReady();
            var before = awaitWorkers(cluster, 2, Set.of());
            var victim = supervisor.children().getFirst();
            victim.destroyForcibly();
            victim.onExit().join();
            var after = awaitWorkers(cluster, 2, before);
            assertEquals(1, after.stream().filter(before::contains).count(), "the other worker did not go on");
            assertFalse(supervisor.children().contains(victim));

            var running = List.of(cluster.frontEnd().submit(Recordings.prompt(1, 128, 20)), cluster.frontEnd().submit(Recordings.prompt(2, 128, 20)));
            for (var id : running) {
                cluster.awaitRunning(id);
            }
            assertEquals(0, supervisor.terminate());
            for (var id : running) {
                assertEquals("success", cluster.status(id));
                assertEquals(1, cluster.timesRecorded(id), id);
            }
            assertEquals(Set.of(), cluster.workerIds());
        }
    }

    /** Waits until there are so many workers, and not those. */
    private static Set<String> awaitWorkers(TestCluster cluster, int count, Set<String> others) throws Exception {
        return Await.found(count + " workers other than " + others,
                () -> Optional.of(cluster.workerIds()).filter(ids -> ids.size() == count && !ids.equals(others)));
    }

    @Test
    void aPromptThatTakesTheWholeProcessDownIsNotTriedForEver() throws Exception {
        Recordings.makeModels(directory);
        var server = RunningServer.start("comfyee", directory).awaitReady();
        try {
            var poison = server.submit(Recordings.prompt(1, 256, 100));
            for (int attempt = 1; attempt <= 3; attempt++) {
                var alive = server;
                Await.until("the start of " + poison, () -> alive.isRunning(poison));
                server.kill();
                server = server.again().awaitReady();
            }
            assertEquals("error", Json.object(server.awaitHistory(poison).get("status")).orElseThrow().get("status_str"));
        } finally {
            server.close();
        }
    }
}
