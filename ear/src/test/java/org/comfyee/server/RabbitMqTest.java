package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.comfyee.server.soak.NodeJar;
import org.comfyee.workflow.json.Json;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Front ends and workers against a real RabbitMQ, by the URI that ComfyUI's own distributed mode is given. */
@Tag("rabbitmq")
@ParameterizedClass
@MethodSource("org.comfyee.server.RabbitMqPrograms#all")
class RabbitMqTest {
    /** Shorter than the long prompt, so that the broker takes its message back while it runs. */
    private static final Duration CONSUMER_TIMEOUT = Duration.ofSeconds(3);

    /** Long enough to be killed meanwhile. */
    private static final int LONG_MILLIS = 6_000;
    private static final byte[] NO_PROMPT = "no prompt".getBytes(StandardCharsets.UTF_8);

    /** More than that a worker does not keep, so that the others are left to the broker. */
    private static final int MORE_THAN_A_WORKER_TAKES = 25;

    private final RabbitMqPrograms programs;

    @TempDir
    private Path directory;

    RabbitMqTest(RabbitMqPrograms programs) {
        this.programs = programs;
    }

    @Test
    void everyPromptIsRecordedOnceWhateverDies() throws Exception {
        Recordings.makeModels(directory);
        var broker = RabbitMqNode.start(programs, directory.resolve("rabbitmq"), CONSUMER_TIMEOUT);
        var options = TestGrid.options(broker.uri());
        try (var one = RunningServer.start("comfyee", directory, TestGrid.with(options, "--distributed-queue-frontend"));
                var two = RunningServer.start("comfyee", directory, TestGrid.with(options, "--distributed-queue-frontend"));
                var first = RunningServer.start("comfyee-worker", directory, TestGrid.with(options));
                var second = RunningServer.start("comfyee-worker", directory, TestGrid.with(options))) {
            var workers = List.of(first, second);
            for (var server : List.of(one, two, first, second)) {
                server.awaitReady();
            }
            assertEquals("success", status(two, one.submit(Recordings.prompt(1, 64, 2))));
            // Longer than the broker lets a message be unsettled.
            var ids = new ArrayList<>(List.of(one.submit(Recordings.prompt(2, 128, 20))));
            for (int seed = 3; seed < 9; seed++) {
                ids.add((seed % 2 == 0 ? one : two).submit(Recordings.prompt(seed, 64, 2)));
            }
            for (var id : ids) {
                assertEquals("success", status(one, id));
            }
            assertRecordedOnce(ids, workers);

            var waiting = List.of(one.submit(Recordings.prompt(10, 128, 20)), two.submit(Recordings.prompt(11, 256, 20)), one.submit(Recordings.prompt(12, 64, 2)));
            broker.kill();
            broker = broker.again();
            for (var id : waiting) {
                assertEquals("success", status(two, id));
            }
            assertRecordedOnce(waiting, workers);
            assertEquals(3 + ids.size() + 1, Json.parseObject(one.get("/history").body()).size());
        } finally {
            broker.close();
        }
    }

    private static Object status(RunningServer server, String id) throws Exception {
        return Json.object(server.awaitHistory(id).get("status")).orElseThrow().get("status_str");
    }

    private static void assertRecordedOnce(List<String> ids, List<RunningServer> workers) throws Exception {
        for (var id : ids) {
            assertEquals(1, RunningServer.timesRecorded(workers, id), id);
        }
    }

    @Test
    void deadLettersAreFoundTriedAgainAndThrownAwayOverAnEncryptedConnection() throws Exception {
        NodeJar.writeSleepNode(directory);
        var token = Files.writeString(directory.resolve("token"), "of the operator");
        var broker = RabbitMqNode.start(programs, directory.resolve("rabbitmq"), Duration.ofMinutes(30));
        try (var cluster = TestCluster.start(directory, broker, broker.encryptedUri(), "--distributed-queue-trust-store=" + broker.certificate(),
                "--admin-token-file=" + token, "--max-attempts=1")) {
            var admin = new AdminProgram(() -> cluster.frontEnd().url(), token);
            var id = cluster.frontEnd().submit(NodeJar.sleepingPrompt(LONG_MILLIS, 1));
            cluster.awaitRunning(id);
            cluster.worker().kill();
            cluster.startWorker();
            cluster.worker().awaitReady();
            assertEquals("error", cluster.status(id));
            broker.inVirtualHost(channel -> {
                channel.basicPublish("", "comfyui", null, NO_PROMPT);
                return true;
            });

            var letters = admin.awaitLetters(2);
            var unreadable = letters.stream().filter(line -> line.endsWith("no prompt: no prompt")).findFirst().orElseThrow().split(" ")[0];
            assertTrue(letters.stream().anyMatch(line -> line.startsWith(id)), letters.toString());
            assertTrue(admin.line("dead", "browse", id).contains("SoakSleep"));
            assertEquals("\"no prompt\"", admin.line("dead", "browse", unreadable));
            assertEquals("retried: 1", admin.line("dead", "retry", "--all"));
            cluster.awaitStatus(id, "success");
            assertTrue(admin.awaitLetters(1).getFirst().startsWith(unreadable));
            assertEquals("removed: 1", admin.line("dead", "purge", unreadable));
            admin.awaitLetters(0);
            long left = broker.inVirtualHost(channel -> channel.messageCount("comfyui.dlq"));
            assertEquals(0, left);
        }
    }

    @Test
    void whatWaitedIsListedAndHeldAfterTheDeathOfAllUnlessTheBrokerHasLostIt() throws Exception {
        NodeJar.writeSleepNode(directory);
        var token = Files.writeString(directory.resolve("token"), "of the operator");
        var broker = RabbitMqNode.start(programs, directory.resolve("rabbitmq"), Duration.ofMinutes(30));
        try (var cluster = TestCluster.start(directory, broker, broker.uri(), "--admin-token-file=" + token)) {
            var admin = new AdminProgram(() -> cluster.frontEnd().url(), token);
            assertEquals("paused: true", admin.line("queue", "pause"));
            var ids = new ArrayList<String>();
            for (int tag = 0; tag < MORE_THAN_A_WORKER_TAKES; tag++) {
                ids.add(cluster.frontEnd().submit(NodeJar.sleepingPrompt(1, tag)));
            }
            awaitWaiting(admin, ids);

            cluster.killAll();
            cluster.restartAll();
            awaitWaiting(admin, ids);
            assertEquals("removed: 1", admin.line("queue", "cancel", ids.removeLast()));
            assertEquals("paused: false", admin.line("queue", "resume"));
            for (var id : ids) {
                assertEquals("success", cluster.status(id));
                assertEquals(1, cluster.timesRecorded(id), id);
            }

            admin.line("queue", "pause");
            var lost = List.of(cluster.frontEnd().submit(NodeJar.sleepingPrompt(1, MORE_THAN_A_WORKER_TAKES)),
                    cluster.frontEnd().submit(NodeJar.sleepingPrompt(1, MORE_THAN_A_WORKER_TAKES + 1)));
            cluster.killAll();
            cluster.restartBroker();
            broker.purge(lost.size());
            cluster.restartFrontEnd();
            awaitWaiting(admin, lost);
            cluster.startWorker();
            cluster.worker().awaitReady();
            awaitWaiting(admin, List.of());
            assertEquals(ids.size(), Json.parseObject(cluster.frontEnd().get("/history").body()).size());
        }
    }

    /** Waits until the paused queue lists these prompts, in that order. */
    private static void awaitWaiting(AdminProgram admin, List<String> ids) throws Exception {
        var expected = new ArrayList<>(List.of("the queue is paused"));
        expected.addAll(ids);
        long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (true) {
            var listed = admin.run("queue", "list").lines().stream().map(line -> line.startsWith("pending") ? line.split(" +")[2] : line).toList();
            if (listed.equals(expected)) {
                return;
            }
            assertTrue(System.nanoTime() < end, "expected " + expected + " but the queue has " + listed);
            Thread.sleep(100);
        }
    }
}
