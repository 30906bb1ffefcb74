package org.comfyee.diffusion.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.comfyee.diffusion.Expected;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.checkpoint.WeightsFile;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.comfyee.torch.safetensors.SafetensorsWriter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupNormTest {
    private static final int CHANNELS = 32;
    private static final double EPS = 1e-6;

    @TempDir
    private Path directory;

    @BeforeAll
    static void load() {
        Torch.loadConfigured();
    }

    private static Tensor meanOfPlanes(Tensor x) {
        return x.mean(2, true).mean(3, true);
    }

    private Weights plainWeights() throws IOException {
        var file = directory.resolve("norm.safetensors");
        SafetensorsWriter.write(file,
                Map.of("weight", Tensor.ones(ScalarType.FLOAT32, CHANNELS), "bias", Tensor.zeros(ScalarType.FLOAT32, CHANNELS)), Map.of());
        return WeightsFile.open(file);
    }

    /** Though few of their digits mean anything. */
    @Test
    void halvedSumsAreTheSameForAnyNumberOfThreads() throws IOException {
        try (var _ = new TensorScope()) {
            var norm = GroupNorm.halved(plainWeights(), EPS);
            var x = Expected.wave(0.37, 1, CHANNELS, 64, 64).mul(0.01).add(10).channelsLast();
            var alone = Torch.withThreads(1, () -> norm.apply(x)).contiguous().toFloats();
            assertArrayEquals(alone, Torch.withThreads(5, () -> norm.apply(x)).contiguous().toFloats());
        }
    }

    /** As in the encoder of a picture of one colour, where only the edge differs a little. */
    @Test
    void channelsThatHardlyVaryAreNormalisedExactly() throws IOException {
        try (var _ = new TensorScope()) {
            var norm = GroupNorm.exact(plainWeights(), EPS);
            var x = Expected.wave(0.37, 1, CHANNELS, 16, 16).mul(0.01).add(10).channelsLast();

            var exact = x.to(ScalarType.FLOAT64);
            var deviation = exact.sub(meanOfPlanes(exact));
            var wanted = deviation.div(meanOfPlanes(deviation.square()).add(EPS).sqrt());
            double error = Math.sqrt(norm.apply(x).to(ScalarType.FLOAT64).sub(wanted).square().sum().item() / wanted.square().sum().item());
            assertTrue(error < 1e-3, () -> "relative error " + error);
        }
    }
}
