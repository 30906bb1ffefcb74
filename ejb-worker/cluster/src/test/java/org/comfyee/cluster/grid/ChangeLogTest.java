package org.comfyee.cluster.grid;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.comfyee.cluster.grid.ChangeLog.Change;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChangeLogTest {
    private static final Change PUT = new Change("map", "key", Optional.of("größer"));
    private static final Change EMPTY = new Change("map", "", Optional.of(""));
    private static final Change REMOVED = new Change("map", "key", Optional.empty());

    @TempDir
    private Path directory;

    private Path file() {
        return directory.resolve("changes.log");
    }

    /** Appends and closes. @return what was there before */
    private List<Change> append(Change... changes) throws IOException {
        var before = new ArrayList<Change>();
        try (var log = ChangeLog.open(file(), before::add)) {
            for (var change : changes) {
                log.append(change);
            }
            assertEquals(Files.size(file()), log.size());
        }
        return before;
    }

    @Test
    void changesComeBackInTheirOrder() throws IOException {
        append(PUT, EMPTY);
        assertEquals(List.of(PUT, EMPTY), append(REMOVED));
        assertEquals(List.of(PUT, EMPTY, REMOVED), append());
    }

    @Test
    void aRecordThatWasNotWrittenWhollyIsCutOff() throws IOException {
        append(PUT, REMOVED);
        for (long length = Files.size(file()) - 1; length > 0; length--) {
            try (var channel = Files.newByteChannel(file(), StandardOpenOption.WRITE)) {
                channel.truncate(length);
            }
            var left = append(EMPTY);
            assertEquals(left.contains(PUT) ? List.of(PUT, EMPTY) : List.of(EMPTY), append(), "of " + length + " bytes");
            Files.delete(file());
            append(PUT, REMOVED);
        }
    }

    @Test
    void aDamagedRecordAndWhatFollowsAreNotRead() throws IOException {
        append(PUT, PUT, REMOVED);
        var bytes = Files.readAllBytes(file());
        bytes[bytes.length / 2]++;
        Files.write(file(), bytes);
        assertEquals(List.of(PUT), append(EMPTY));
        assertEquals(List.of(PUT, EMPTY), append());
    }

    @Test
    void aClearedLogIsEmpty() throws IOException {
        try (var log = ChangeLog.open(file(), change -> {})) {
            log.append(PUT);
            log.clear();
            log.append(EMPTY);
        }
        assertEquals(List.of(EMPTY), append());
    }
}
