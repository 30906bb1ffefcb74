package org.comfyee.torch.pickle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
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
}
