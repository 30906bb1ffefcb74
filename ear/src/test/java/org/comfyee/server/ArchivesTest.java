package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.comfyee.workflow.json.Json;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The archives as any administrator deploys them, without the launcher: adapter, worker and front end on a Payara Micro. */
@ExtendWith(ArquillianExtension.class)
class ArchivesTest {
    private static final String GREY = """
            {"1": {"class_type": "EmptyImage", "inputs": {"width": 8, "height": 8, "batch_size": 1, "color": 8421504}},
             "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "grey"}}}""";

    private static RunningServer broker;

    @ArquillianResource
    private URL url;

    /** Starts the broker too, which the worker looks for when it is deployed. */
    @Deployment(testable = false)
    static WebArchive frontEnd() throws Exception {
        var directory = Files.createDirectories(Path.of("target/archives").toAbsolutePath());
        broker = RunningServer.start("comfyee-broker", directory,
                "--distributed-queue-connection-uri=amqp://test:test@127.0.0.1:" + System.getProperty("archives.broker-port")).awaitReady();
        return ShrinkWrap.create(ZipImporter.class, "ROOT.war")
                .importFrom(RunningServer.ROOT.resolve("server-config/target/apps/web.war").toFile())
                .as(WebArchive.class);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void aPromptBecomesAPicture() throws Exception {
        try (var client = ComfyClient.of(URI.create(url.toString().replaceAll("/$", "")))) {
            var entry = client.run(Json.parseObject(GREY));
            assertEquals("success", Json.object(entry.get("status")).orElseThrow().get("status_str"));
            var picture = client.bytes("/view?filename=grey_00001_.png");
            assertEquals(200, picture.statusCode());
            assertTrue(new String(picture.body(), StandardCharsets.ISO_8859_1).startsWith("\u0089PNG"));
        }
    }
}
