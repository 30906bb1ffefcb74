package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

    private record Answer(int exitCode, List<String> lines) {}

    @BeforeAll
    static void start() throws Exception {
        NodeJar.writeSleepNode(directory);
        token = Files.writeString(directory.resolve("token"), "of the operator\n");
        cluster = TestCluster.start(directory, "--admin-token-file=" + token, "--max-attempts=1");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static Answer admin(String... words) throws Exception {
        var program = RunningServer.ROOT.resolve("server-config/bin/comfyee-admin").toString();
        var command = new ArrayList<>(List.of("bash", program, "--server=" + cluster.frontEnd().url(), "--admin-token-file=" + token));
        command.addAll(List.of(words));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var lines = new String(process.getInputStream().readAllBytes()).lines().toList();
        return new Answer(process.waitFor(), lines);
    }

    /** The one line of an answer to a command that succeeds. */
    private static String line(String... words) throws Exception {
        var answer = admin(words);
        assertEquals(0, answer.exitCode(), answer.toString());
        assertEquals(1, answer.lines().size(), answer.toString());
        return answer.lines().getFirst();
    }

    private static String submit(int milliseconds) throws Exception {
        return cluster.frontEnd().submit(Map.of("1", Map.of("class_type", "SoakSleep", "inputs", Map.of("milliseconds", milliseconds, "tag", 1))));
    }

    @Test
    void aPromptThatTookItsWorkerDownIsFoundAmongTheDeadLettersAndTriedAgain() throws Exception {
        var id = submit(LONG_MILLIS);
        cluster.awaitRunning(id);
        cluster.worker().kill();
        cluster.startWorker();
        cluster.worker().awaitReady();
        assertEquals("error", cluster.status(id));

        awaitLetters(1);
        assertTrue(line("dead", "list").startsWith(id));
        assertTrue(line("dead", "browse", id).contains("SoakSleep"));
        assertEquals("retried: 1", line("dead", "retry", id));
        // Until it ends, the history tells how it ended before.
        Await.until("success of the prompt that was tried again", () -> "success".equals(cluster.status(id)));
        awaitLetters(0);
        assertEquals(new Answer(1, List.of("comfyee-admin: there is no such prompt, letter or worker")), admin("dead", "purge", id));
    }

    /** The broker hears of it after the clients. */
    private static void awaitLetters(int count) throws Exception {
        Await.until(count + " dead letters", () -> admin("dead", "list").lines().size() == count);
    }

    @Test
    void aQueueThatIsHeldCanBeLookedThroughAndEmptied() throws Exception {
        admin("queue", "pause");
        var first = submit(1);
        var second = submit(1);
        var third = submit(1);
        var listed = admin("queue", "list").lines();
        assertEquals("the queue is paused", listed.getFirst());
        assertEquals(List.of(first, second, third), listed.stream().skip(1).map(line -> line.trim().split(" +")[2]).toList());
        assertTrue(line("queue", "browse", second).contains("SoakSleep"));
        assertEquals("removed: 1", line("queue", "cancel", first));
        assertEquals("removed: 2", line("queue", "purge"));
        admin("queue", "resume");
        assertEquals(List.of(), admin("queue", "list").lines());
        assertEquals("success", cluster.status(submit(1)));
    }

    @Test
    void aWorkerThatIsHeldTakesNothing() throws Exception {
        var worker = (String) Json.object(((List<?>) Json.parse(line("workers", "--json"))).getFirst()).orElseThrow().get("id");
        admin("worker", "pause", worker);
        assertTrue(line("workers").contains("  paused since "), line("workers"));
        var id = submit(1);
        assertEquals("pending", line("queue", "list").split(" +")[0]);
        admin("worker", "resume", worker);
        assertEquals("success", cluster.status(id));
    }

    @Test
    void whatIsAskedWronglyIsSaid() throws Exception {
        assertEquals(new Answer(1, List.of("comfyee-admin: there is no such prompt, letter or worker")), admin("queue", "browse", "nobody"));
        assertTrue(admin("queue", "shuffle").lines().getFirst().contains("unknown command 'queue shuffle'"));
        assertTrue(admin("dead", "retry").lines().getFirst().contains("'dead retry' needs an id"));
        assertTrue(admin("--admin-token-file=" + Files.writeString(directory.resolve("wrong"), "another"), "workers").lines().getFirst().contains("answered 401"));
    }
}
