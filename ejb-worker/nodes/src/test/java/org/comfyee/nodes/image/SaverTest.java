package org.comfyee.nodes.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.comfyee.workflow.files.Directory;
import org.comfyee.workflow.files.Folders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SaverTest {
    @TempDir
    private Path base;

    @Test
    void whatCannotBeWrittenLeavesNoHalfFile() throws IOException {
        var saver = Saver.in(Folders.of(base), Directory.OUTPUT, "cat", 8, 8);
        assertThrows(IOException.class, () -> saver.save(0, "png", file -> {
            Files.writeString(file, "half");
            throw new IOException("No space left on device");
        }));
        saver.save(0, "png", file -> Files.writeString(file, "whole"));
        try (var files = Files.list(base.resolve("output"))) {
            assertEquals(List.of("whole"), files.map(SaverTest::content).toList());
        }
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
