package org.comfyee.diffusion.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.NoSuchElementException;
import org.comfyee.diffusion.WeightFiles;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsTest {
    @TempDir
    private Path directory;

    @Test
    void weightsOfTooFewDimensionsAreNamed() throws IOException {
        Torch.loadConfigured();
        try (var _ = new TensorScope()) {
            var weights = WeightsFile.open(WeightFiles.write(directory.resolve("a.safetensors"), Map.of("in.weight", Tensor.zeros(ScalarType.FLOAT32, 3))));
            assertEquals(3, weights.at("in").size("weight", 0));
            var refusal = assertThrows(NoSuchElementException.class, () -> weights.at("in").size("weight", 1)).getMessage();
            assertTrue(refusal.contains("'in.weight' has the shape [3]"), refusal);
        }
    }
}
