package org.comfyee.workflow.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FoldersTest {
    @TempDir
    private Path base;

    @ParameterizedTest
    @ValueSource(strings = {"../x.png", "/etc/passwd", "a/../../x", "..\\x", "C:\\x", "a\u0000b", "out/x"})
    void namesNeverLeadOut(String name) throws IOException {
        Files.createDirectories(base.resolve("input"));
        Files.createSymbolicLink(base.resolve("input/out"), base);
        assertThrows(PathEscapeException.class, () -> Folders.of(base).annotated(name, Directory.INPUT));
    }

    @Test
    void annotatedNamesChooseTheirDirectory() {
        assertEquals(base.resolve("output/a.png"), Folders.of(base).annotated("a.png [output]", Directory.INPUT));
        assertEquals(base.resolve("input/a.png"), Folders.of(base).annotated("a.png", Directory.INPUT));
    }

    @Test
    void modelsAreListedByExtensionOnceAndSorted() throws IOException {
        for (var name : List.of("models/checkpoints/b.safetensors", "models/checkpoints/sub/a.CKPT", "models/checkpoints/note.txt", "output/checkpoints/b.safetensors")) {
            Files.createDirectories(base.resolve(name).getParent());
            Files.createFile(base.resolve(name));
        }
        assertEquals(List.of("b.safetensors", "sub/a.CKPT"), Folders.of(base).models("checkpoints"));
        assertEquals(base.resolve("models/checkpoints/b.safetensors"), Folders.of(base).model("checkpoints", "../../b.safetensors"));
    }

    @Test
    void savedFilesGoOnWithTheNextNumber() throws IOException {
        Files.createFile(base.resolve("cat_00012_.png"));
        Files.createFile(base.resolve("cat_dog_00099_.png"));
        var path = SavePath.in(base, "cat", 64, 32);
        assertEquals(13, path.counter());
        assertEquals("cat_00013_.png", path.fileName(0, path.counter(), "png"));
        assertEquals("64x32", SavePath.in(base, "sizes/%width%x%height%", 64, 32).name());
        assertThrows(PathEscapeException.class, () -> SavePath.in(base, "../cat", 1, 1));
    }

    @Test
    void temporaryPicturesGoWithTheirDirectoryAlsoWhileOthersDeleteThem() throws Exception {
        var folders = Folders.of(base);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 20; round++) {
                var deeper = Files.createDirectories(base.resolve("temp/a/b"));
                for (int i = 0; i < 20; i++) {
                    Files.createFile(deeper.resolve("preview_" + i + ".png"));
                }
                Callable<Void> front = () -> {
                    folders.deleteTemporary();
                    return null;
                };
                for (var end : threads.invokeAll(List.of(front, front))) {
                    end.get();
                }
                assertFalse(Files.exists(base.resolve("temp")));
            }
        }
    }
}
