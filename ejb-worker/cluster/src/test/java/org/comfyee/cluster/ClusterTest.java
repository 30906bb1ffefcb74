package org.comfyee.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.comfyee.cluster.config.Setting;
import org.comfyee.cluster.grid.LocalGrid;
import org.comfyee.cluster.ledger.SchedulingRules;
import org.comfyee.cluster.queue.PromptRequest;
import org.comfyee.cluster.worker.Controls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterTest {
    @TempDir
    private Path directory;

    @BeforeEach
    void chooseDirectory() {
        System.setProperty(Setting.BASE_DIRECTORY.key(), directory.toString());
    }

    @AfterEach
    void leaveDirectory() {
        System.clearProperty(Setting.BASE_DIRECTORY.key());
    }

    @Test
    void clientsAreToldOfEachPromptThatIsTakenBackAndOnceOfAll() {
        try (var cluster = new Cluster(new LocalGrid(UUID.randomUUID().toString()), 3, SchedulingRules.BY_NUMBER)) {
            List.of("a", "b", "c", "d").forEach(id -> cluster.ledger().enter(new PromptRequest(id, 0L, Map.of(), Map.of(), List.of("1"), 900)));
            var told = new ArrayList<String>();
            try (var _ = cluster.events().subscribe(event -> told.add(event.text()))) {
                assertEquals(2, cluster.cancel(Optional.of(List.of("a", "x", "b", "a"))));
                assertEquals(2, cluster.cancel(Optional.empty()));
                assertEquals(0, cluster.cancel(Optional.of(List.of("c"))));
            }
            assertEquals(IntStream.of(3, 2, 0).mapToObj(
                    "{\"type\": \"status\", \"data\": {\"status\": {\"exec_info\": {\"queue_remaining\": %d}}}}"::formatted).toList(), told);
        }
    }

    @Test
    void theApplicationsOfAProcessAreInOneClusterUntilTheLastLeaves() {
        var first = Cluster.join();
        var second = Cluster.join();
        assertSame(first, second);
        first.close();
        try (var operator = new Controls(new LocalGrid())) {
            operator.pauseQueue(true);
            assertTrue(second.controls().isQueuePaused(), "it still hears of changes");
            operator.pauseQueue(false);
        }
        second.close();
        try (var anew = Cluster.join()) {
            assertNotSame(first, anew);
        }
        assertFalse(Files.exists(directory.resolve("user/ledger/member-2.lock")), "the last that left kept its files on disk");
    }
}
