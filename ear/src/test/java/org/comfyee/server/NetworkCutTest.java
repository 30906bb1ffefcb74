package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.comfyee.workflow.json.Json;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Broker, front end and worker on hosts of their own, between which the network is cut and healed. */
@Tag("network")
class NetworkCutTest {
    /** Longer than members of the data grid wait for each other. */
    private static final Duration CUT = Duration.ofSeconds(40);

    @TempDir
    private Path directory;

    @Test
    void nothingIsLostOrRunTwiceWhicheverConnectionIsCut() throws Exception {
        Recordings.makeModels(directory);
        var credentials = directory.resolve("credentials");
        Files.writeString(credentials, "user=user\npassword=broker secret\ncluster-key=a key of the cluster\n");
        try (var network = TestNetwork.create("broker", "front", "worker")) {
            var uri = "--distributed-queue-connection-uri=amqp://" + network.address("broker");
            var options = List.of(uri, "--distributed-queue-credentials-file=" + credentials, "--cluster-name=cut",
                    "--cluster-members=" + network.address("front") + ":16900," + network.address("worker") + ":16900");
            try (var broker = network.start("broker", directory, "comfyee-broker", 0, List.of(uri, options.get(1)));
                    var frontEnd = network.start("front", directory, "comfyee", 8188, listening(network, "front", options, "--distributed-queue-frontend"));
                    var worker = network.start("worker", directory, "comfyee-worker", 9090, listening(network, "worker", options))) {
                for (var server : List.of(broker, frontEnd, worker)) {
                    server.awaitReady();
                }
                assertEquals(1, ((List<?>) Json.parse(frontEnd.get("/api/v1/workers").body())).size());

                for (var hosts : List.of(List.of("worker", "broker"), List.of("worker", "front"))) {
                    var ids = new ArrayList<>(List.of(frontEnd.submit(Recordings.prompt(1, 128, 20)), frontEnd.submit(Recordings.prompt(2, 64, 2))));
                    network.cut(hosts.getFirst(), hosts.getLast());
                    ids.add(frontEnd.submit(Recordings.prompt(3, 64, 2)));
                    Thread.sleep(CUT);
                    ids.add(frontEnd.submit(Recordings.prompt(4, 64, 2)));
                    network.heal(hosts.getFirst(), hosts.getLast());
                    assertAllEndOnce(ids, frontEnd, worker);
                }

                network.cut("front", "broker");
                Thread.sleep(CUT);
                var refused = frontEnd.post("/prompt", Json.write(Map.of("prompt", Recordings.prompt(5, 64, 2))));
                assertNotEquals(200, refused.statusCode(), "accepted what the broker cannot have");
                network.heal("front", "broker");
                frontEnd.awaitLog("connected to the broker");
                assertAllEndOnce(List.of(submitOnceConnected(frontEnd)), frontEnd, worker);
                assertEquals(9, Json.parseObject(frontEnd.get("/history").body()).size());
                assertEquals(Map.of("queue_running", List.of(), "queue_pending", List.of()), Json.parseObject(frontEnd.get("/queue").body()));
            }
        }
    }

    private static List<String> listening(TestNetwork network, String host, List<String> options, String... more) {
        var all = new ArrayList<>(options);
        all.addAll(List.of("--listen=" + network.address(host), "--cluster-interface=" + network.address(host)));
        all.addAll(List.of(more));
        return all;
    }

    private static String submitOnceConnected(RunningServer frontEnd) throws Exception {
        return Await.found("a front end that accepts prompts", () -> {
            var answer = frontEnd.post("/prompt", Json.write(Map.of("prompt", Recordings.prompt(6, 64, 2))));
            return answer.statusCode() == 200 ? Optional.of((String) Json.parseObject(answer.body()).get("prompt_id")) : Optional.empty();
        });
    }

    private static void assertAllEndOnce(List<String> ids, RunningServer frontEnd, RunningServer worker) throws Exception {
        for (var id : ids) {
            assertEquals("success", Json.object(frontEnd.awaitHistory(id).get("status")).orElseThrow().get("status_str"));
            assertEquals(1, RunningServer.timesRecorded(List.of(worker), id), id);
        }
    }
}
