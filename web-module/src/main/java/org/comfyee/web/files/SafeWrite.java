package org.comfyee.web.files;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** Writes files whole or not at all: nobody reads half of one, and what was there stays if something fails on the way. */
public final class SafeWrite {
    private SafeWrite() {}

    /** Makes the directories that lack. */
    public static void write(Path file, InputStream content) throws IOException {
        Files.createDirectories(file.getParent());
        var fresh = unnamed(file.getParent());
        try {
            Files.copy(content, fresh);
            Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    public static void write(Path file, String text) throws IOException {
        write(file, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** A hidden name for a file that gets its own later; unlike a temporary file's, its rights are the usual ones. */
    public static Path unnamed(Path directory) {
        return directory.resolve(".new-" + UUID.randomUUID());
    }
}
