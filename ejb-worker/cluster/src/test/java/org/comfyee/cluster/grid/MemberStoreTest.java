package org.comfyee.cluster.grid;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
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
        assertThrows(UncheckedIOException.class, store::settle);
    }
}
