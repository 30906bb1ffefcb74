package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.rabbitmq.client.ConnectionFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.comfyee.workflow.json.Json;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Front ends and workers against a real RabbitMQ, by the URI that ComfyUI's own distributed mode is given. */
@Tag("rabbitmq")
class RabbitMqTest {
    /** Shorter than the long prompt, so that the broker takes its message back while it runs. */
    private static final Duration CONSUMER_TIMEOUT = Duration.ofSeconds(3);

    @TempDir
    private Path directory;

    @Test
    void everyPromptIsRecordedOnceWhateverDies() throws Exception {
        Recordings.makeModels(directory);
        var broker = RabbitMqNode.start(directory.resolve("rabbitmq"), CONSUMER_TIMEOUT);
        var options = TestGrid.options("amqp://guest:guest@127.0.0.1:" + broker.port());
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
            assertUnreadableMessagesBecomeDeadLetters(broker);
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

    private static void assertUnreadableMessagesBecomeDeadLetters(RabbitMqNode broker) throws Exception {
        var factory = new ConnectionFactory();
        factory.setPort(broker.port());
        try (var connection = factory.newConnection(); var channel = connection.createChannel()) {
            channel.basicPublish("", "comfyui", null, "no prompt".getBytes(StandardCharsets.UTF_8));
            long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
            while (channel.messageCount("comfyui.dlq") == 0) {
                assertTrue(System.nanoTime() < end, "the message that is no prompt is not among the dead letters");
                Thread.sleep(100);
            }
        }
    }
}
