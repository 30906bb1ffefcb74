package org.comfyee.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class ThreadPriorityTest {
    /** Counted behind the thread's name, which ends with a parenthesis (proc_pid_stat(5)). */
    private static final int NICENESS_FIELD = 16;

    private final List<Integer> seen = new CopyOnWriteArrayList<>();

    private void see() {
        try {
            var stat = Files.readString(Path.of("/proc/thread-self/stat"));
            seen.add(Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[NICENESS_FIELD]));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aThreadAndThoseThatItStartsLetOthersGoFirst() throws InterruptedException {
        var computing = Thread.ofPlatform().start(() -> {
            ThreadPriority.lower();
            see();
            try {
                Thread.ofPlatform().start(this::see).join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        computing.join();
        see();
        assertEquals(List.of(ThreadPriority.NICENESS, ThreadPriority.NICENESS, 0), seen);
    }
}
