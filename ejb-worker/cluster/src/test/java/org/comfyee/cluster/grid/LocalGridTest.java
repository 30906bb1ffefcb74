package org.comfyee.cluster.grid;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LocalGridTest {
    private final GridMap map = new LocalGrid(UUID.randomUUID().toString()).map("map");

    /** Else whoever keeps copies would keep them for ever. */
    @Test
    void whatGoesByItselfIsTold() throws InterruptedException {
        var gone = new ArrayList<String>();
        try (var _ = map.watchRemovals(gone::add)) {
            map.put("short", "1", Duration.ofMillis(100));
            Thread.sleep(110);
            // Looked for when so many have come.
            for (int i = 0; i < 1_024; i++) {
                map.put("long" + i, "1", Duration.ofHours(1));
            }
        }
        assertEquals(List.of("short"), gone);
        assertEquals(1_024, map.size());
    }
}
