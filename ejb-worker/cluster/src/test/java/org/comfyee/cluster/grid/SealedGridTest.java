package org.comfyee.cluster.grid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SealedGridTest {
    private static final String KEY = "a key of some length";
    private static final String OTHER_KEY = "another key of some length";

    private final String name = "sealed-" + UUID.randomUUID();
    private final Grid grid = new SealedGrid(new LocalGrid(), new Seal(KEY));
    private final Grid stranger = new SealedGrid(new LocalGrid(), new Seal(OTHER_KEY));

    @Test
    void entriesAreReadByWhoHasTheKeyAlone() {
        grid.map(name).put("a", "secret");
        assertEquals(Optional.of("secret"), new SealedGrid(new LocalGrid(), new Seal(KEY)).map(name).get("a"));
        assertEquals(Optional.empty(), stranger.map(name).get("a"));
        assertFalse(new LocalGrid().map(name).get("a").orElseThrow().contains("secret"));
    }

    @Test
    void severalEntriesAreSealedAndOpenedLikeOne() {
        var other = "other-" + name;
        grid.put(List.of(new Grid.Entry(name, "a", "secret", Duration.ZERO), new Grid.Entry(other, "a", "more", Duration.ofHours(1))));
        assertEquals(Optional.of("secret"), grid.map(name).get("a"));
        assertEquals(List.of(Optional.of("more"), Optional.of("secret")), grid.get("a", List.of(other, name)));
        assertEquals(List.of(Optional.empty()), stranger.get("a", List.of(name)));
        grid.remove("a", List.of(name, other));
        assertEquals(Optional.empty(), grid.map(other).get("a"));
    }

    @Test
    void entriesOfStrangersAndMovedOnesArePassedOver() {
        stranger.map(name).put("forged", "x");
        grid.map(name).put("a", "1");
        new LocalGrid().map(name).put("moved", new LocalGrid().map(name).get("a").orElseThrow());
        assertEquals(Map.of("a", "1"), grid.map(name).entries());
        assertEquals(Map.of("a", "1"), grid.map(name).recallAll(Set.of("a", "forged", "none")));
    }

    @Test
    void replacingComparesWhatIsSealed() {
        var map = grid.map(name);
        map.put("a", "1");
        assertFalse(map.replace("a", "2", "3"));
        assertTrue(map.replace("a", "1", "3"));
        assertEquals(Optional.of("3"), map.get("a"));
    }

    @Test
    void messagesOfStrangersAreNotHeard() {
        var heard = new ArrayList<String>();
        try (var subscription = grid.listen(name, message -> heard.add(new String(message, StandardCharsets.UTF_8)))) {
            grid.publish(name, "ours".getBytes(StandardCharsets.UTF_8));
            stranger.publish(name, "theirs".getBytes(StandardCharsets.UTF_8));
            new LocalGrid().publish(name, "plain".getBytes(StandardCharsets.UTF_8));
        }
        assertEquals(List.of("ours"), heard);
    }

    @Test
    void theNameTellsNothingOfTheKeyAndNeedsIt() {
        assertNotEquals(new Seal(KEY).secretName("comfyee"), new Seal(OTHER_KEY).secretName("comfyee"));
        assertFalse(new Seal(KEY).secretName("comfyee").contains(KEY));
        assertThrows(IllegalArgumentException.class, () -> new Seal("short"));
    }
}
