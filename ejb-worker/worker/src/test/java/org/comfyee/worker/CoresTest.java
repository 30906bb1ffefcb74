package org.comfyee.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoresTest {
    @TempDir
    private Path processors;

    private void processor(int number, int socket, int core) throws IOException {
        var topology = Files.createDirectories(processors.resolve("cpu" + number + "/topology"));
        Files.writeString(topology.resolve("physical_package_id"), socket + "\n");
        Files.writeString(topology.resolve("core_id"), core + "\n");
    }

    @Test
    void processorsThatShareACoreCountOnce() throws IOException {
        for (int number = 0; number < 8; number++) {
            processor(number, number / 4, number % 2);
        }
        Files.createDirectory(processors.resolve("cpufreq"));
        assertEquals(4, Cores.usable(processors, 8));
    }

    @Test
    void noMoreCountThanTheProcessMayUse() throws IOException {
        processor(0, 0, 0);
        processor(1, 0, 1);
        processor(2, 0, 2);
        assertEquals(2, Cores.usable(processors, 2));
    }

    @Test
    void whereTheSystemDoesNotTellAllProcessorsCount() {
        assertEquals(6, Cores.usable(processors, 6));
        assertEquals(6, Cores.usable(processors.resolve("none"), 6));
        assertTrue(Cores.usable() >= 1);
    }
}
