package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.comfyee.server.soak.NodeJar;
import org.comfyee.workflow.json.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator does with {@code comfyee-admin}. */
class AdminTest {
    /** Long enough to be killed meanwhile. */
    private static final int LONG_MILLIS = 6_000;

    @TempDir
    private static Path directory;

    private static Path token;
    private static TestCluster cluster;
    private static AdminProgram admin;

    @BeforeAll
    static void start() throws Exception {
        NodeJar.writeSleepNode(directory);
        token = Files.writeString(directory.resolve("token"), "of the operator\n");
        cluster = TestCluster.start(directory, "--admin-token-file=" + token, "--max-attempts=1");
        admin = new AdminProgram(() -> cluster.frontEnd().url(), token);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static String submit(int milliseconds) throws Exception {
        return cluster.frontEnd().submit(NodeJar.sleepingPrompt(milliseconds, 1));
    }

    @Test
    void aPromptThatTookItsWorkerDownIsFoundAmongTheDeadLettersAndTriedAgain() throws Exception {
        var id = submit(LONG_MILLIS);
        cluster.awaitRunning(id);
        cluster.worker().kill();
        cluster.startWorker();
        cluster.worker().awaitReady();
        assertEquals("error", cluster.status(id));

        admin.awaitLetters(1);
        assertTrue(admin.line("dead", "list").startsWith(id));
        assertTrue(admin.line("dead", "browse", id).contains("SoakSleep"));
        assertEquals("retried: 1", admin.line("dead", "retry", id));
        cluster.awaitStatus(id, "success");
        admin.awaitLetters(0);
        assertEquals(new AdminProgram.Answer(1, List.of("comfyee-admin: there is no such prompt, letter or worker")), admin.run("dead", "purge", id));
    }

    @Test
    void aQueueThatIsHeldCanBeLookedThroughAndEmptied() throws Exception {
        admin.run("queue", "pause");
        var first = submit(1);
        var second = submit(1);
        var third = submit(1);
        var listed = admin.run("queue", "list").lines();
        assertEquals("the queue is paused", listed.getFirst());
        assertEquals(List.of(first, second, third), listed.stream().skip(1).map(line -> line.trim().split(" +")[2]).toList());
        assertTrue(admin.line("queue", "browse", second).contains("SoakSleep"));
        assertEquals("removed: 1", admin.line("queue", "cancel", first));
        assertEquals("removed: 2", admin.line("queue", "purge"));
        admin.run("queue", "resume");
        assertEquals(List.of(), admin.run("queue", "list").lines());
        assertEquals("success", cluster.status(submit(1)));
    }

    @Test
    void aWorkerThatIsHeldTakesNothing() throws Exception {
        var worker = (String) Json.object(((List<?>) Json.parse(admin.line("workers", "--json"))).getFirst()).orElseThrow().get("id");
        admin.run("worker", "pause", worker);
        assertTrue(admin.line("workers").contains("  paused since "), admin.line("workers"));
        var id = submit(1);
        assertEquals("pending", admin.line("queue", "list").split(" +")[0]);
        admin.run("worker", "resume", worker);
        assertEquals("success", cluster.status(id));
    }

    @Test
    void whatIsAskedWronglyIsSaid() throws Exception {
        assertEquals(new AdminProgram.Answer(1, List.of("comfyee-admin: there is no such prompt, letter or worker")), admin.run("queue", "browse", "nobody"));
        assertTrue(admin.run("queue", "shuffle").lines().getFirst().contains("unknown command 'queue shuffle'"));
        assertTrue(admin.run("dead", "retry").lines().getFirst().contains("'dead retry' needs an id"));
        assertTrue(admin.run("--admin-token-file=" + Files.writeString(directory.resolve("wrong"), "another"), "workers").lines().getFirst().contains("answered 401"));
    }
}
