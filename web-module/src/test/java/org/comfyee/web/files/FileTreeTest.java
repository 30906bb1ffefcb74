package org.comfyee.web.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTreeTest {
    @TempDir
    private Path directory;

    @Test
    void filesAndDirectoriesAreFoundAsDeepAsAskedFor() throws IOException {
        Files.createDirectories(directory.resolve("b/c"));
        Files.writeString(directory.resolve("b/c/d"), "");
        Files.writeString(directory.resolve("a"), "");
        assertEquals(List.of("a", "b"), names(FileTree.below(directory, 1)));
        assertEquals(List.of("a", "b", "b/c", "b/c/d"), names(FileTree.below(directory, Integer.MAX_VALUE)));
        assertEquals(List.of(), FileTree.below(directory.resolve("nowhere"), 1));
    }

    @Test
    void whatVanishesMeanwhileSpoilsNothing() throws Exception {
        Files.writeString(directory.resolve("stays"), "");
        var stop = new AtomicBoolean();
        var others = Thread.ofPlatform().start(() -> {
            while (!stop.get()) {
                try {
                    Files.createDirectories(directory.resolve("x/y"));
                    Files.deleteIfExists(directory.resolve("x/y"));
                    Files.deleteIfExists(directory.resolve("x"));
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }
        });
        try {
            for (int i = 0; i < 2_000; i++) {
                assertEquals(1, FileTree.below(directory, Integer.MAX_VALUE).stream().filter(each -> each.endsWith("stays")).count());
            }
        } finally {
            stop.set(true);
            others.join();
        }
    }

    private List<String> names(List<Path> found) {
        return found.stream().map(each -> directory.relativize(each).toString()).toList();
    }
}
