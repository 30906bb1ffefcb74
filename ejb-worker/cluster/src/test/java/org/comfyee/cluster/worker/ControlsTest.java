package org.comfyee.cluster.worker;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.comfyee.cluster.grid.DurableGrid;
import org.comfyee.cluster.grid.DurableGrid.Keeping;
import org.comfyee.cluster.grid.LocalGrid;
import org.comfyee.cluster.ledger.MapNames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlsTest {
    @TempDir
    private Path directory;

    /** A cluster of which nothing is left but what its one member has on disk. */
    private DurableGrid fresh() throws IOException {
        return joined(new LocalGrid(UUID.randomUUID().toString()));
    }

    private DurableGrid joined(LocalGrid shared) throws IOException {
        return new DurableGrid(shared, directory, Map.of(MapNames.QUEUE_CONTROLS, Keeping.WRITTEN));
    }

    @Test
    void aPausedQueueOutlivesTheClusterAndAPausedWorkerDoesNot() throws IOException {
        try (var grid = fresh(); var controls = new Controls(grid)) {
            controls.pauseQueue(true);
            controls.pauseWorker("worker", true);
            assertTrue(controls.holdsBack("another"));
        }
        try (var grid = fresh(); var controls = new Controls(grid)) {
            assertTrue(controls.isQueuePaused());
            controls.pauseQueue(false);
            assertFalse(controls.holdsBack("worker"));
        }
        try (var grid = fresh(); var controls = new Controls(grid)) {
            assertFalse(controls.isQueuePaused());
        }
    }

    @Test
    void aMemberThatWasAwayWhenTheQueueWentOnDoesNotHoldItAgain() throws IOException {
        try (var grid = fresh(); var controls = new Controls(grid)) {
            controls.pauseQueue(true);
        }
        var shared = new LocalGrid(UUID.randomUUID().toString());
        try (var controls = new Controls(shared)) {
            controls.pauseQueue(true);
            controls.pauseQueue(false);
            try (var back = joined(shared); var itsControls = new Controls(back)) {
                assertFalse(itsControls.isQueuePaused());
                assertFalse(controls.isQueuePaused());
            }
        }
    }
}
