package org.comfyee.torch.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.comfyee.torch.LoadedTorch;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LoadedTorch.class)
final class SafetensorsTest {
    @TempDir
    private Path folder;

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        var path = folder.resolve("a.safetensors");
        try (var _ = new TensorScope()) {
            var tensors = new LinkedHashMap<String, Tensor>();
            tensors.put("odd", Tensor.of(new float[] {1, 2, 3}, 3).to(ScalarType.UINT8));
            tensors.put("misplaced by three bytes", Tensor.of(new float[] {0.5f, -1, 2, 4}, 2, 2));
            tensors.put("number", Tensor.scalar(7));
            tensors.put("nothing", Tensor.zeros(ScalarType.FLOAT16, 0, 4));
            SafetensorsWriter.write(path, tensors, Map.of("prompt", "{\"a\": \"ü\"}"));

            var file = SafetensorsFile.open(path);
            assertEquals(List.copyOf(tensors.keySet()), List.copyOf(file.names()));
            assertEquals(Map.of("prompt", "{\"a\": \"ü\"}"), file.metadata());
            for (var name : tensors.keySet()) {
                assertEquals(tensors.get(name).dtype(), file.dtype(name));
                assertArrayEquals(tensors.get(name).shape(), file.shape(name));
                assertArrayEquals(tensors.get(name).toFloats(), file.tensor(name).toFloats(), name);
            }
        }
    }

    @Test
    void aTensorOutlivesTheFileObject() throws IOException {
        var path = folder.resolve("b.safetensors");
        try (var _ = new TensorScope()) {
            SafetensorsWriter.write(path, Map.of("x", Tensor.full(3, ScalarType.FLOAT32, 1 << 20)), Map.of());
            var view = SafetensorsFile.open(path).tensor("x").narrow(0, 5, 2);
            System.gc();
            assertArrayEquals(new float[] {3, 3}, view.toFloats());
        }
    }

    @Test
    void aTruncatedFileIsRefusedByName() throws IOException {
        var path = folder.resolve("short.safetensors");
        try (var _ = new TensorScope()) {
            SafetensorsWriter.write(path, Map.of("x", Tensor.ones(ScalarType.FLOAT32, 100)), Map.of());
        }
        Files.write(path, Arrays.copyOf(Files.readAllBytes(path), 300));
        var error = assertThrows(SafetensorsException.class, () -> SafetensorsFile.open(path));
        assertTrue(error.getMessage().contains("short.safetensors") && error.getMessage().contains("truncated"), error.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"x\": 1}",
        "[]",
        "{\"x\":{\"dtype\":\"F99\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807,2],\"data_offsets\":[0,4]}}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[1]}}",
        "{broken"
    })
    void aHeaderThatContradictsItselfIsRefused(String header) throws IOException {
        var path = folder.resolve("bad.safetensors");
        var bytes = header.getBytes(StandardCharsets.UTF_8);
        Files.write(path, ByteBuffer.allocate(8 + bytes.length + 4).order(ByteOrder.LITTLE_ENDIAN).putLong(bytes.length).put(bytes).array());
        var error = assertThrows(SafetensorsException.class, () -> SafetensorsFile.open(path));
        assertTrue(error.getMessage().contains("bad.safetensors"), error.getMessage());
    }

    @Test
    void aHeaderOfAnyLengthIsRead() throws IOException {
        try (var _ = new TensorScope()) {
            var tensors = Map.of("one", Tensor.scalar(1));
            // Among them those whose length begins with the bytes of a pickle.
            for (int padding = 0; padding < 1024; padding += 8) {
                var path = folder.resolve("padded.safetensors");
                SafetensorsWriter.write(path, tensors, Map.of("padding", "x".repeat(padding)));
                assertEquals(1, SafetensorsFile.open(path).tensor("one").item());
            }
        }
    }

    @Test
    void aPickleIsRefusedAndSafetensorsNamed() throws IOException {
        var path = folder.resolve("model.ckpt");
        for (var start : List.of(new byte[] {'P', 'K', 3, 4}, new byte[] {(byte) 0x80, 2, '}', 'q'})) {
            Files.write(path, Arrays.copyOf(start, 64));
            var error = assertThrows(SafetensorsException.class, () -> SafetensorsFile.open(path));
            assertTrue(error.getMessage().contains("convert it to safetensors"), error.getMessage());
        }
    }
}
