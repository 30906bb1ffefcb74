package org.comfyee.torch.pickle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that Python's pickle wrote in the forms of PyTorch; one of them calls a program when Python reads it. */
class TorchFileTest {
    @TempDir
    private Path directory;

    @BeforeAll
    static void load() {
        Torch.loadConfigured();
    }

    private Path file(String name) throws IOException {
        var path = directory.resolve(name);
        try (var content = TorchFileTest.class.getResourceAsStream(name)) {
            Files.copy(content, path);
        }
        return path;
    }

    private static void assertTensor(Tensor actual, ScalarType type, long[] shape, double... values) {
        assertEquals(type, actual.dtype());
        assertArrayEquals(shape, actual.shape());
        assertArrayEquals(values, actual.toDoubles());
    }

    private static void assertTensors(TorchFile file, String prefix) {
        assertEquals(Set.of(prefix + "plain", prefix + "turned", prefix + "block.half", prefix + "block.count"), file.names());
        try (var _ = new TensorScope()) {
            assertTensor(file.tensor(prefix + "plain"), ScalarType.FLOAT32, new long[] {2, 3}, 0, 1, 2, 3, 4, 5);
            assertTensor(file.tensor(prefix + "turned"), ScalarType.FLOAT32, new long[] {3, 2}, 2, 5, 3, 6, 4, 7);
            assertTensor(file.tensor(prefix + "block.half"), ScalarType.FLOAT16, new long[] {4}, 0.5, -1.5, 2, 8);
            assertTensor(file.tensor(prefix + "block.count"), ScalarType.INT64, new long[0], -8);
        }
    }

    @Test
    void archivesGiveTheirTensorsAndRunNothing() throws IOException {
        var mark = Path.of("/tmp/pickle-was-run");
        Files.deleteIfExists(mark);
        assertTensors(TorchFile.open(file("archive.pth")), "");
        assertFalse(Files.exists(mark), "the call in the pickle was made");
    }

    @Test
    void oldFilesGiveTheirTensors() throws IOException {
        assertTensors(TorchFile.open(file("old.pth")), "net.");
    }

    @Test
    void damagedFilesAreRefused() throws IOException {
        var good = Files.readAllBytes(file("old.pth"));
        var path = directory.resolve("damaged.pth");
        for (int length = 0; length < good.length; length += 13) {
            Files.write(path, Arrays.copyOf(good, length));
            assertThrows(PickleException.class, () -> TorchFile.open(path), "cut after " + length);
        }
        Files.writeString(path, "cos\nsystem\n(S'echo'\ntR.");
        assertThrows(PickleException.class, () -> TorchFile.open(path));
    }

    /** @param pickle each character as one byte */
    private Path archive(String pickle) throws IOException {
        var path = directory.resolve("made.pth");
        try (var out = new ZipOutputStream(Files.newOutputStream(path))) {
            out.putNextEntry(new ZipEntry("made/data.pkl"));
            out.write(pickle.getBytes(StandardCharsets.ISO_8859_1));
        }
        return path;
    }

    private static String text(String text) {
        return "X" + (char) text.length() + "\0\0\0" + text;
    }

    @Test
    void aDictionaryThatHoldsItselfIsRefused() throws IOException {
        var asValue = archive("}q\0" + text("a") + "h\0s.");
        assertTrue(assertThrows(PickleException.class, () -> TorchFile.open(asValue)).getMessage().contains("nested"));
        var asKey = archive("}q\0" + text("a") + "h\0s" + "}h\0Ns.");
        assertThrows(PickleException.class, () -> TorchFile.open(asKey));
    }

    @Test
    void aShapeThatNoMemoryHoldsIsRefused() throws IOException {
        var storage = "(" + text("storage") + "ctorch\nFloatStorage\n" + text("0") + text("cpu") + "K\1tQ";
        var large = "\u008a\6\0\0\0\0\0\1";
        var file = archive("}" + text("w") + "ctorch._utils\n_rebuild_tensor_v2\n(" + storage + "K\0(" + large + large + "t(" + large + "K\1ttRs.");
        var refusal = assertThrows(PickleException.class, () -> TorchFile.open(file));
        assertTrue(refusal.getMessage().contains("impossible shape"), refusal.getMessage());
    }
}
