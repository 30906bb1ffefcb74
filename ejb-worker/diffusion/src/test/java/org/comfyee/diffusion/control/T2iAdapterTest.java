package org.comfyee.diffusion.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.comfyee.diffusion.Expected;
import org.comfyee.diffusion.WeightFiles;
import org.comfyee.diffusion.model.ControlResiduals;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters whose convolutions hand on what they get, so that their feature maps are the picture itself, smaller and smaller. */
class T2iAdapterTest {
    @TempDir
    private Path directory;

    private TensorScope scope;

    @BeforeAll
    static void load() {
        Torch.loadConfigured();
    }

    @BeforeEach
    void open() {
        scope = new TensorScope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /** Takes the first channels and hands them on, times a factor. */
    private static void handOn(Map<String, Tensor> weights, String name, int out, int in, int size, double factor) {
        var kernel = Tensor.zeros(ScalarType.FLOAT32, out, in, size, size);
        for (int i = 0; i < Math.min(out, in); i++) {
            kernel.narrow(0, i, 1).narrow(1, i, 1).narrow(2, size / 2, 1).narrow(3, size / 2, 1).fillInPlace(factor);
        }
        weights.put(name + ".weight", kernel);
        weights.put(name + ".bias", Tensor.zeros(ScalarType.FLOAT32, out));
    }

    private ControlResiduals residuals(Map<String, Tensor> weights, Tensor picture) throws IOException {
        var file = WeightFiles.write(directory.resolve("adapter.safetensors"), weights);
        var model = ControlFixture.model(WeightFiles.write(directory.resolve("model.safetensors"), Map.of("a", Tensor.zeros(ScalarType.FLOAT32, 1))));
        return ControlFixture.residuals(ControlNetFiles.load(file, Optional.empty()), picture, model, Tensor.zeros(ScalarType.FLOAT32, 1, 4, 8, 16), Map.of());
    }

    /** The first channels of a picture whose cells hold {@code side} times {@code side} pixels as channels. */
    private static double cell(Tensor picture, int side, int channel, int row, int column) {
        int width = (int) picture.size(3);
        int plane = channel / (side * side);
        int within = channel % (side * side);
        int y = row * side + within / side;
        int x = column * side + within % side;
        return picture.toFloats()[(int) (plane * picture.size(2) + y) * width + x];
    }

    /** Means of cells, in a map that is {@code shrink} times smaller. */
    private static void assertMeans(Tensor map, Tensor picture, int side, int shrink, double factor) {
        int channels = (int) map.size(1);
        int height = (int) map.size(2);
        int width = (int) map.size(3);
        var values = map.contiguous().toFloats();
        for (int i = 0; i < values.length; i++) {
            int channel = i / (height * width);
            int row = i / width % height;
            int column = i % width;
            double sum = 0;
            for (int y = 0; y < shrink; y++) {
                for (int x = 0; x < shrink; x++) {
                    sum += cell(picture, side, channel, row * shrink + y, column * shrink + x);
                }
            }
            assertEquals(factor * sum / (shrink * shrink), values[i], 1e-4, channel + " of " + channels + " at " + row + ", " + column);
        }
    }

    private static Map<String, Tensor> full(int channelsIn, int channels) {
        var weights = new LinkedHashMap<String, Tensor>();
        handOn(weights, "conv_in", channels, channelsIn, 3, 1);
        int[] factors = {1, 2, 4, 4};
        for (int i = 0; i < 8; i++) {
            int out = channels * factors[i / 2];
            int before = i % 2 == 0 && i > 0 ? channels * factors[i / 2 - 1] : out;
            if (before != out) {
                handOn(weights, "body." + i + ".in_conv", out, before, 1, 1);
            }
            handOn(weights, "body." + i + ".block1", out, out, 3, 1);
            // Pictures are positive, so that each block doubles them.
            handOn(weights, "body." + i + ".block2", out, out, 1, 1);
        }
        return weights;
    }

    @Test
    void fullAdaptersHalveThePictureThreeTimes() throws IOException {
        var picture = Expected.wave(0.01, 1, 3, 64, 128).abs();
        var residuals = residuals(full(192, 8), picture);
        int[] blocks = {2, 5, 8, 11};
        assertEquals(12, residuals.input().size());
        assertEquals(4, residuals.input().stream().filter(Optional::isPresent).count());
        for (int level = 0; level < 4; level++) {
            var map = residuals.input().get(blocks[level]).orElseThrow();
            assertArrayEquals(new long[] {1, level == 0 ? 8 : level == 1 ? 16 : 32, 8 >> level, 16 >> level}, map.shape());
            assertMeans(map.narrow(1, 0, 8), picture, 8, 1 << level, Math.pow(4, level + 1));
        }
        assertTrue(residuals.middle().isEmpty() && residuals.output().isEmpty());
    }

    @Test
    void adaptersOfSdxlWorkAtHalfTheResolutionAndHalveOnce() throws IOException {
        var picture = Expected.wave(0.01, 1, 3, 64, 128).abs();
        var residuals = residuals(full(768, 8), picture);
        assertMeans(residuals.input().get(3).orElseThrow(), picture, 16, 1, 4);
        assertMeans(residuals.input().get(5).orElseThrow().narrow(1, 0, 8), picture, 16, 1, 16);
        assertMeans(residuals.input().get(8).orElseThrow().narrow(1, 0, 8), picture, 16, 2, 64);
        assertMeans(residuals.middle().getFirst().orElseThrow().narrow(1, 0, 8), picture, 16, 2, 256);
        assertEquals(9, residuals.input().size());
    }

    @Test
    void grayAdaptersSeeTheMeanOfTheColours() throws IOException {
        var picture = Expected.wave(0.01, 1, 3, 64, 128).abs();
        assertMeans(residuals(full(64, 8), picture).input().get(2).orElseThrow(), picture.mean(1, true).contiguous(), 8, 1, 4);
    }

    @Test
    void severalPicturesServeBatchesOfAnyLength() throws IOException {
        var pictures = Expected.wave(0.01, 2, 3, 64, 128).abs();
        var file = WeightFiles.write(directory.resolve("adapter.safetensors"), full(192, 8));
        var model = ControlFixture.model(WeightFiles.write(directory.resolve("model.safetensors"), Map.of("a", Tensor.zeros(ScalarType.FLOAT32, 1))));
        var applied = new AppliedControl(ControlNetFiles.load(file, Optional.empty()), pictures, 1, 0, 1, Optional.empty(), List.of(), Optional.empty());
        var run = new ControlRun(applied, model);
        var both = map(run, 4, 2);
        var alone = map(run, 2, 1);
        assertArrayEquals(new long[] {4, 8, 8, 16}, both.shape());
        assertArrayEquals(new long[] {2, 8, 8, 16}, alone.shape());
        assertArrayEquals(both.narrow(0, 2, 2).contiguous().toFloats(), alone.contiguous().toFloats());
        assertArrayEquals(both.toFloats(), map(run, 4, 2).toFloats());
    }

    private static Tensor map(ControlRun run, long items, int conditionings) {
        return run.residuals(Tensor.zeros(ScalarType.FLOAT32, items, 4, 8, 16), 0.5f, Map.of(), conditionings).orElseThrow().input().get(2).orElseThrow();
    }

    @Test
    void lightAdaptersWorkInFewerChannels() throws IOException {
        var weights = new LinkedHashMap<String, Tensor>();
        for (int i = 0; i < 4; i++) {
            handOn(weights, "body." + i + ".in_conv", 4, i == 0 ? 192 : 16, 1, 1);
            for (int j = 0; j < 4; j++) {
                handOn(weights, "body." + i + ".body." + j + ".block1", 4, 4, 3, 1);
                handOn(weights, "body." + i + ".body." + j + ".block2", 4, 4, 3, j == 0 ? 1 : 0);
            }
            handOn(weights, "body." + i + ".out_conv", 16, 4, 1, 1);
        }
        var picture = Expected.wave(0.01, 1, 3, 64, 128).abs();
        var residuals = residuals(weights, picture);
        assertMeans(residuals.input().get(2).orElseThrow().narrow(1, 0, 4), picture, 8, 1, 2);
        assertMeans(residuals.input().get(11).orElseThrow().narrow(1, 0, 4), picture, 8, 8, 16);
    }

    @Test
    void namesOfDiffusersMeanTheSame() throws IOException {
        var picture = Expected.wave(0.01, 1, 3, 64, 128).abs();
        var renamed = new LinkedHashMap<String, Tensor>();
        full(192, 8).forEach((name, tensor) -> {
            if (!name.startsWith("body.")) {
                renamed.put("adapter." + name, tensor);
                return;
            }
            int block = Integer.parseInt(name.substring(5, 6));
            var rest = name.substring(7);
            renamed.put("adapter.body." + block / 2 + (rest.startsWith("in_conv") ? "." : ".resnets." + block % 2 + ".") + rest, tensor);
        });
        assertMeans(residuals(renamed, picture).input().get(11).orElseThrow().narrow(1, 0, 8), picture, 8, 8, 256);
    }
}
