package org.comfyee.cluster;

import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.comfyee.cluster.config.Setting;
import org.comfyee.cluster.grid.LocalGrid;
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
    }
}
