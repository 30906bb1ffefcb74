package org.comfyee.cluster.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.comfyee.cluster.grid.LocalGrid;
import org.junit.jupiter.api.Test;

class HistoryTest {
    private final LocalGrid grid = new LocalGrid(UUID.randomUUID().toString());
    private final History history = new History(grid);

    private void record(String id) {
        grid.put(List.of(history.entry(id, "{\"of\": \"" + id + "\"}")));
        history.trim();
    }

    @Test
    void theOldestGoWhenThereAreTooMany() {
        for (int i = 0; i < 10_600; i++) {
            record("prompt-" + i);
        }
        int kept = history.list(Optional.empty(), 0).size();
        assertTrue(kept >= 10_000 && kept <= 10_500, kept + " are kept");
        assertEquals(Optional.empty(), history.find("prompt-0"));
        assertEquals(Map.of("prompt-10599", "{\"of\": \"prompt-10599\"}"), history.list(Optional.of(1), -1));
    }

    @Test
    void pagesBeginWithTheOldest() {
        List.of("a", "b", "c").forEach(this::record);
        assertEquals(List.of("a", "b"), List.copyOf(history.list(Optional.of(2), 0).keySet()));
        assertEquals(List.of("b", "c"), List.copyOf(history.list(Optional.of(2), -1).keySet()));
        history.delete("b");
        assertEquals(List.of("a", "c"), List.copyOf(history.list(Optional.empty(), 0).keySet()));
    }
}
