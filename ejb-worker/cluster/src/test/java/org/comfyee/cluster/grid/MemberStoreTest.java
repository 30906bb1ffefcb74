package org.comfyee.cluster.grid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemberStoreTest {
    @TempDir
    private Path directory;

    @Test
    void whatDidNotReachTheDiskIsNotTakenForSafeTheNextTimeEither() throws IOException {
        var store = MemberStore.open(directory);
        store.put("map", "key", "value", 0);
        // From now on nothing reaches the disk.
        store.close();
        assertThrows(UncheckedIOException.class, store::settle);
        assertThrows(RuntimeException.class, store::settle);
    }

    @AfterEach
    void removeLinks() throws IOException {
        Files.delete(directory.resolve("member-1.log"));
    }

    /** @param device in place of the log's file */
    private MemberStore openWithLog(String device) throws IOException {
        Files.createSymbolicLink(directory.resolve("member-1.log"), Path.of(device));
        return MemberStore.open(directory);
    }

    @Test
    void whatDoesNotFitOnTheDiskIsNotTakenForWrittenTheNextTime() throws IOException {
        try (var store = openWithLog("/dev/full")) {
            assertThrows(UncheckedIOException.class, () -> store.put("map", "key", "value", 0));
            assertThrows(UncheckedIOException.class, () -> store.put("map", "key", "value", 0));
            assertEquals(Optional.empty(), store.get("map", "key"));
        } catch (UncheckedIOException e) {
            // Nor can that device be emptied.
        }
    }

    @Test
    void afterALogThatDidNotReachTheDiskAllGoesToTheStore() throws IOException {
        var seen = Files.createDirectory(directory.resolve("seen"));
        try (var store = openWithLog("/dev/null")) {
            store.put("map", "key", "value", 0);
            assertThrows(UncheckedIOException.class, store::settle);
            // Such a log cannot be made safe even when it is empty.
            assertThrows(UncheckedIOException.class, store::settle);
            Files.copy(directory.resolve("member-1.mv"), seen.resolve("member-1.mv"));
        } catch (UncheckedIOException e) {
            // Nor when it is closed.
        }
        try (var store = MemberStore.open(seen)) {
            assertEquals(Optional.of("value"), store.get("map", "key"));
        }
    }
}
