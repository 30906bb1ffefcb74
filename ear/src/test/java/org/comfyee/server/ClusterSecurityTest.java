package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.comfyee.workflow.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members on two addresses, which only join with the same key, over a broker with TLS. */
class ClusterSecurityTest {
    private static final String PASSWORD = "secret-of-the-broker";
    private static final String KEY = "secret-of-the-cluster";

    @TempDir
    private Path directory;

    @Test
    void membersJoinByKeyAndTellNoSecrets() throws Exception {
        Recordings.makeModels(directory);
        var certificate = TestCertificate.make(directory, "secret-of-the-store");
        var ours = credentials("ours", KEY);
        var theirs = credentials("theirs", "another-key-of-a-cluster");
        var uri = "--distributed-queue-connection-uri=amqps://127.0.0.1:" + FreePort.find();
        int port = FreePort.find();
        var options = List.of(uri, "--distributed-queue-trust-store=" + certificate.trusted(), "--cluster-name=office",
                "--cluster-port=" + port, "--cluster-members=127.0.0.2:" + port + ",127.0.0.3:" + port + ",127.0.0.4:" + port);
        try (var broker = RunningServer.start("comfyee-broker", directory, uri, ours, "--distributed-queue-key-store=" + certificate.keyStore());
                var frontEnd = RunningServer.start("comfyee", directory, TestGrid.with(options, ours, "--cluster-interface=127.0.0.2", "--distributed-queue-frontend"));
                var worker = RunningServer.start("comfyee-worker", directory, TestGrid.with(options, ours, "--cluster-interface=127.0.0.3"));
                var stranger = RunningServer.start("comfyee-worker", directory, TestGrid.with(options, theirs, "--cluster-interface=127.0.0.4"))) {
            for (var server : List.of(broker, frontEnd, worker, stranger)) {
                server.awaitReady();
            }
            for (int seed = 0; seed < 5; seed++) {
                var ended = frontEnd.awaitHistory(frontEnd.submit(Recordings.prompt(seed, 64, 2)));
                assertEquals("success", Json.object(ended.get("status")).orElseThrow().get("status_str"));
            }
            var workers = (List<?>) Json.parse(frontEnd.get("/api/v1/workers").body());
            assertEquals(List.of(Json.parseObject(worker.get("/health").body()).get("worker")),
                    workers.stream().map(each -> Json.object(each).orElseThrow().get("id")).toList());
            assertFalse(stranger.log().contains(": success"), "a worker with another key ran a prompt");
            for (var server : List.of(broker, frontEnd, worker, stranger)) {
                for (var secret : List.of(PASSWORD, KEY, "secret-of-the-store", "office-")) {
                    assertFalse(server.log().contains(secret), "a log tells " + secret);
                }
            }
        }
    }

    @Test
    void withoutKeyNothingIsOpenedToOtherMachines() throws Exception {
        try (var refused = RunningServer.start("comfyee", directory, "--listen=0.0.0.0", "--distributed-queue-connection-uri=amqp://127.0.0.1", "--distributed-queue-frontend")) {
            refused.awaitLog("--listen opens this member");
            assertTrue(refused.log().contains("COMFYUI_CLUSTER_KEY"), refused.log());
        }
    }

    private String credentials(String name, String key) throws Exception {
        var file = directory.resolve(name);
        Files.writeString(file, "user=user\npassword=" + PASSWORD + "\nkey-store-password=secret-of-the-store\ncluster-key=" + key + "\n");
        return "--distributed-queue-credentials-file=" + file;
    }
}
