package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.comfyee.workflow.json.Json;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code comfyee.ear} on a full Payara Server, with nothing set but where things are. */
@Tag("full-payara")
class FullPayaraTest {
    private static final String NAME = "comfyee";
    private static final Path ARCHIVE = RunningServer.ROOT.resolve("ear/target/comfyee.ear");

    @TempDir
    private Path directory;

    @Test
    void theArchiveRunsPromptsAlsoWhenItIsDeployedOnceMore() throws Exception {
        Recordings.makeModels(directory);
        var uri = "amqp://user:secret@127.0.0.1:" + FreePort.find();
        try (var _ = RunningServer.start("comfyee-broker", directory, "--distributed-queue-connection-uri=" + uri).awaitReady();
                var server = new FullPayara(directory)) {
            server.setSystemProperties(Map.of("comfyee.cwd", directory.toString(), "comfyee.libtorch", System.getProperty("comfyee.libtorch"),
                    "comfyee.distributed-queue-connection-uri", uri, "comfyee.threads", "1"));
            server.deploy(ARCHIVE);
            draw(server, 1);
            server.undeploy(NAME);
            server.deploy(ARCHIVE);
            draw(server, 2);
            var records = Pattern.compile("(?m)^(?=\\[\\d{4}-)").splitAsStream(Files.readString(server.log()));
            // A pooled thread that has called libtorch keeps some memory for it; the server renews the thread and says so.
            assertEquals(List.of(), records.filter(record -> record.contains("[SEVERE]") && !record.contains("created a ThreadLocal")).toList());
        }
    }

    private static void draw(FullPayara server, int seed) throws Exception {
        try (var client = ComfyClient.connect(server.url(), "operator")) {
            assertTrue(client.get("/").body().contains("<title>"));
            var id = client.submit(Recordings.prompt(seed, 64, 2));
            client.untilEnd();
            var entry = client.awaitHistory(id);
            assertEquals("success", Json.object(entry.get("status")).orElseThrow().get("status_str"), entry::toString);
            assertTrue(Json.object(entry.get("outputs")).orElseThrow().containsKey("9"), entry::toString);
        }
    }
}
