package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * {@code comfyee-admin} as an operator calls it.
 *
 * @param frontEnd that is asked
 */
record AdminProgram(Supplier<URI> frontEnd, Path token) {

    record Answer(int exitCode, List<String> lines) {}

    Answer run(String... words) throws IOException, InterruptedException {
        var program = RunningServer.ROOT.resolve("server-config/bin/comfyee-admin").toString();
        var command = new ArrayList<>(List.of("bash", program, "--server=" + frontEnd.get(), "--admin-token-file=" + token));
        command.addAll(List.of(words));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var lines = new String(process.getInputStream().readAllBytes()).lines().toList();
        return new Answer(process.waitFor(), lines);
    }

    /** The one line of an answer to a command that succeeds. */
    String line(String... words) throws IOException, InterruptedException {
        var answer = run(words);
        assertEquals(0, answer.exitCode(), answer.toString());
        assertEquals(1, answer.lines().size(), answer.toString());
        return answer.lines().getFirst();
    }

    /** Waits for so many dead letters, of which the broker hears after the clients. @return the lines that list them */
    List<String> awaitLetters(int count) throws Exception {
        return Await.found(count + " dead letters", () ->
                Optional.of(run("dead", "list")).filter(answer -> answer.exitCode() == 0).map(Answer::lines).filter(lines -> lines.size() == count));
    }
}
