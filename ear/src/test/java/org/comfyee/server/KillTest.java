package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.comfyee.workflow.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is accepted ends once, also if front end and broker are killed while it runs and waits. */
class KillTest {
    @TempDir
    private Path directory;

    @Test
    void promptsOutliveFrontEndAndBroker() throws Exception {
        Recordings.makeModels(directory);
        try (var cluster = TestCluster.start(directory)) {
            var ids = new ArrayList<>(List.of(cluster.frontEnd().submit(Recordings.prompt(1, 128, 20))));
            for (int seed = 2; seed < 6; seed++) {
                ids.add(cluster.frontEnd().submit(Recordings.prompt(seed, 64, 2)));
            }
            cluster.awaitRunning(ids.getFirst());
            cluster.broker().kill();
            cluster.frontEnd().kill();
            cluster.restartBroker();
            cluster.restartFrontEnd();
            for (var id : ids) {
                assertEquals("success", cluster.status(id));
                assertEquals(1, cluster.timesRecorded(id), id);
            }
            assertEquals(ids.size(), Json.parseObject(cluster.frontEnd().get("/history").body()).size());
        }
    }
}
