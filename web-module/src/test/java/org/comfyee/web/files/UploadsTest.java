package org.comfyee.web.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UploadsTest {
    @TempDir
    private Path directory;

    private String upload(String name, String content, boolean overwrite) throws IOException {
        var received = Files.writeString(SafeWrite.unnamed(directory), content);
        try {
            return Uploads.place(received, Optional.of(received), directory.resolve(name), overwrite).getFileName().toString();
        } finally {
            Files.deleteIfExists(received);
        }
    }

    @Test
    void equalContentIsStoredOnceAndOtherGetsANumber() throws IOException {
        assertEquals("a.png", upload("a.png", "one", false));
        assertEquals("a.png", upload("a.png", "one", false));
        assertEquals("a (1).png", upload("a.png", "two", false));
        assertEquals("a (2).png", upload("a.png", "three", false));
        assertEquals("a (1).png", upload("a.png", "two", false));
        assertEquals("one", Files.readString(directory.resolve("a.png")));
        try (var files = Files.list(directory)) {
            assertEquals(3, files.count());
        }
    }

    @Test
    void whatMayBeOverwrittenIs() throws IOException {
        upload("a.png", "one", false);
        assertEquals("a.png", upload("a.png", "two", true));
        assertEquals("two", Files.readString(directory.resolve("a.png")));
    }

    @Test
    void aDirectoryIsNeverOverwritten() throws IOException {
        Files.createDirectory(directory.resolve("d"));
        assertThrows(FileSystemException.class, () -> upload("d", "x", true));
        assertEquals("d (1)", upload("d", "x", false));
    }

    @Test
    void nothingToStoreStoresNothing() throws IOException {
        var received = Files.writeString(SafeWrite.unnamed(directory), "x");
        assertEquals("n.png", Uploads.place(received, Optional.empty(), directory.resolve("n.png"), false).getFileName().toString());
        assertFalse(Files.exists(directory.resolve("n.png")));
    }

    @Test
    void aWriteThatFailsLeavesTheOldFile() throws IOException {
        var file = Files.writeString(directory.resolve("a.json"), "old");
        var broken = new java.io.InputStream() {
            private int left = 3;

            @Override
            public int read() throws IOException {
                // Again and again: a caller of many bytes is told only what came before the first failure.
                if (left-- <= 0) {
                    throw new IOException("the client is gone");
                }
                return 'x';
            }
        };
        assertThrows(IOException.class, () -> SafeWrite.write(file, broken));
        assertEquals("old", Files.readString(file));
        try (var files = Files.list(directory)) {
            assertEquals(1, files.count());
        }
    }
}
