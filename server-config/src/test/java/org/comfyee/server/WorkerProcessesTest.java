package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class WorkerProcessesTest {
    private static List<String> onGpus(String gpus) {
        return List.of("--cuda-device", gpus);
    }

    @Test
    void gpusAreDealtOutAmongProcesses() {
        assertEquals(List.of(onGpus("0"), onGpus("1")), WorkerProcesses.dealt(List.of(0, 1), 2));
        assertEquals(List.of(onGpus("0,2,4"), onGpus("1,3")), WorkerProcesses.dealt(List.of(0, 1, 2, 3, 4), 2));
        assertEquals(List.of(onGpus("3"), onGpus("1")), WorkerProcesses.dealt(List.of(3, 1), 2));
    }

    @Test
    void moreProcessesThanGpusShareThem() {
        assertEquals(List.of(onGpus("0"), onGpus("1"), onGpus("0")), WorkerProcesses.dealt(List.of(0, 1), 3));
    }

    @Test
    void withoutGpusNoneIsNamed() {
        assertEquals(List.of(List.of(), List.of()), WorkerProcesses.dealt(List.of(), 2));
    }
}
