package org.comfyee.cluster.grid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.comfyee.cluster.grid.DurableGrid.Keeping;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class DurableGridTest {
    @TempDir
    private Path directory;

    /** Maps of a process live as long as it does, so each test has its own. */
    private final String suffix = UUID.randomUUID().toString();
    private final String results = "results-" + suffix;
    private final String ends = "ends-" + suffix;
    private final String counts = "counts-" + suffix;

    private final String holds = "holds-" + suffix;
    private final String here = "here-" + suffix;
    private final Map<String, Keeping> keeping = Map.of(results, Keeping.WRITTEN, holds, Keeping.WRITTEN, ends, Keeping.EXPIRING,
            counts, Keeping.OWN, here, Keeping.WRITTEN_HERE);

    private DurableGrid grid() throws IOException {
        return new DurableGrid(new LocalGrid(), directory, keeping);
    }

    /** As if all processes had died: the maps are empty, the files are left. */
    private void forget() {
        for (var name : Set.of(results, holds, ends, here)) {
            var map = new LocalGrid().map(name);
            map.keys().forEach(map::remove);
        }
    }

    @Test
    void entriesOutliveTheGridAndRemovedOnesDoNot() throws IOException {
        try (var grid = grid()) {
            grid.map(results).put("a", "1");
            grid.map(results).put("b", "2");
            grid.map(results).remove("b");
            grid.map(ends).put("a", "done", Duration.ofHours(1));
            grid.map(ends).put("c", "done", Duration.ofMillis(1));
            grid.map(counts).put("a", "3");
            grid.map(holds).put("a", "held");
        }
        forget();
        try (var grid = grid()) {
            assertEquals(Map.of("a", "1"), grid.map(results).entries());
            assertEquals(Map.of("a", "done"), grid.map(ends).entries());
            assertEquals(Optional.of("3"), grid.map(counts).get("a"));
            assertEquals(Map.of("a", "held"), grid.map(holds).entries());
        }
    }

    @Test
    void entriesPutTogetherAreOnDiskBeforeAnybodySeesThem() throws IOException {
        var copy = Files.createDirectory(directory.resolve("copy"));
        try (var grid = grid(); var _ = grid.map(results).watch(_ -> copyFiles(copy))) {
            grid.put(List.of(new Grid.Entry(results, "a", "1", Duration.ZERO), new Grid.Entry(ends, "a", "done", Duration.ofHours(1))));
            assertEquals(Optional.of("done"), grid.map(ends).get("a"));
        }
        try (var seen = new DurableGrid(new LocalGrid(suffix), copy, keeping)) {
            assertEquals(Map.of("a", "1"), seen.map(results).entries());
            assertEquals(Map.of("a", "done"), seen.map(ends).entries());
        }
    }

    /** What a member would find that comes after this one has died. */
    private void copyFiles(Path target) {
        try {
            for (var name : List.of("member-1.mv", "member-1.log")) {
                Files.copy(directory.resolve(name), target.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void allChangesOutliveAProcessThatDies() throws IOException {
        var copy = Files.createDirectory(directory.resolve("copy"));
        try (var grid = grid()) {
            grid.map(results).put("a", "1");
            grid.map(results).put("b", "2");
            grid.map(results).remove("b");
            grid.map(counts).put("a", "3");
            grid.map(counts).put("a", "4");
            copyFiles(copy);
        }
        try (var seen = new DurableGrid(new LocalGrid(suffix), copy, keeping)) {
            assertEquals(Map.of("a", "1"), seen.map(results).entries());
            assertEquals(Map.of("a", "4"), seen.map(counts).entries());
        }
    }

    @Test
    void aMemberThatDiedIsTakenOverWithItsLastChanges() throws IOException {
        var copy = Files.createDirectory(directory.resolve("copy"));
        try (var grid = grid()) {
            grid.map(results).put("a", "1");
            copyFiles(copy);
        }
        for (var name : List.of("member-1.mv", "member-1.log")) {
            Files.move(copy.resolve(name), copy.resolve(name.replace('1', '2')));
        }
        Files.createFile(copy.resolve("member-2.lock"));
        try (var seen = new DurableGrid(new LocalGrid(suffix), copy, keeping)) {
            assertEquals(Map.of("a", "1"), seen.map(results).entries());
        }
        assertFalse(Files.exists(copy.resolve("member-2.log")));
    }

    @Test
    void eachMemberKeepsWhatAnotherWrote() throws IOException {
        try (var one = grid(); var two = grid()) {
            one.map(results).put("a", "1");
            two.map(results).put("b", "2");
            two.map(results).remove("a");
        }
        forget();
        try (var grid = grid()) {
            assertEquals(Map.of("b", "2"), grid.map(results).entries());
        }
    }

    @Test
    void whatAMemberHasNotHeardOfYetIsKeptOnDemand() throws IOException {
        var shared = new ForgetfulGrid();
        try (var grid = new DurableGrid(shared, directory, keeping)) {
            shared.untold(() -> {
                shared.map(results).put("a", "1");
                shared.map(results).put("b", "2");
            });
            grid.map(results).retain("a");
            grid.map(results).retain("none");
        }
        try (var grid = grid()) {
            assertEquals(Map.of("a", "1"), grid.map(results).entries());
        }
    }

    @Test
    @Timeout(60)
    void whatWasWrittenWhileAMemberWasAwayIsKeptInPlaceOfWhatItHad() throws Exception {
        try (var grid = grid()) {
            grid.map(results).put("a", "old");
        }
        forget();
        var shared = new ForgetfulGrid();
        shared.map(results).put("a", "new");
        shared.map(results).put("b", "1");
        try (var grid = new DurableGrid(shared, directory, keeping)) {
            var copy = Files.createDirectory(directory.resolve("copy"));
            Map<String, String> kept;
            do {
                copyFiles(copy);
                try (var seen = new DurableGrid(new LocalGrid(UUID.randomUUID().toString()), copy, keeping)) {
                    kept = seen.map(results).entries();
                }
            } while (!kept.equals(Map.of("a", "new", "b", "1")));
        }
    }

    @Test
    void ofSomeMapsAMemberKeepsOnlyWhatItWroteOrWasToldToAndForgetsWhatOthersRemove() throws IOException {
        try (var grid = grid()) {
            var other = new LocalGrid().map(here);
            other.put("a", "1");
            other.put("b", "2");
            grid.map(here).put("c", "3");
            grid.map(here).put("d", "4");
            grid.map(here).retain("b");
            other.remove("d");
        }
        forget();
        try (var grid = grid()) {
            assertEquals(Map.of("b", "2", "c", "3"), grid.map(here).entries());
        }
    }

    @Test
    void severalMapsAreAskedAndLeftAtOnce() throws IOException {
        try (var grid = grid()) {
            grid.put(List.of(new Grid.Entry(results, "a", "1", Duration.ZERO), new Grid.Entry("plain-" + suffix, "a", "2", Duration.ZERO)));
            var maps = List.of(results, ends, "plain-" + suffix);
            assertEquals(List.of(Optional.of("1"), Optional.empty(), Optional.of("2")), grid.get("a", maps));
            grid.remove("a", maps);
            assertEquals(List.of(Optional.empty(), Optional.empty(), Optional.empty()), grid.get("a", maps));
            assertEquals(Optional.empty(), grid.map(results).recall("a"));
        }
    }

    @Test
    void whatAGoneMemberLeftIsTakenOver() throws IOException {
        var first = grid();
        try (var second = grid()) {
            first.close();
            second.map(results).put("late", "3");
        }
        forget();
        try (var grid = grid(); var other = grid()) {
            assertEquals(Map.of("late", "3"), grid.map(results).entries());
            assertEquals(Map.of("late", "3"), other.map(results).entries());
        }
    }

    @Test
    void theGridsOwnEntryWinsOverAnOlderCopy() throws IOException {
        try (var grid = grid()) {
            grid.map(results).put("a", "old");
        }
        new LocalGrid().map(results).put("a", "new");
        try (var grid = grid()) {
            assertEquals(Optional.of("new"), grid.map(results).get("a"));
        }
        assertTrue(directory.resolve("member-1.mv").toFile().exists());
    }

    @Test
    void ofSeveralKeysThoseThatTheGridLostAreRecalledFromDisk() throws IOException {
        var shared = new ForgetfulGrid();
        try (var grid = new DurableGrid(shared, directory, keeping)) {
            grid.map(results).put("a", "1");
            grid.map(results).put("b", "2");
            grid.map(results).put("c", "3");
            shared.lose(results, "b");
            assertEquals(Map.of("a", "1", "b", "2"), grid.map(results).recallAll(Set.of("a", "b", "none")));
        }
    }

    @Test
    void whatTheGridLostIsRecalledFromDiskUntilItIsRemoved() throws IOException {
        try (var grid = grid()) {
            grid.map(results).put("a", "1");
            grid.map(results).put("b", "2");
            grid.map(results).remove("b");
            assertEquals(Optional.of("1"), grid.map(results).recall("a"));
            assertEquals(Optional.empty(), grid.map(results).recall("b"));
        }
        forget();
        new LocalGrid().map(results).put("a", "new");
        try (var grid = grid()) {
            assertEquals(Optional.of("new"), grid.map(results).recall("a"));
        }
    }
}
