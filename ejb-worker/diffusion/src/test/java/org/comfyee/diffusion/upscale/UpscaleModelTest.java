package org.comfyee.diffusion.upscale;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.comfyee.diffusion.Expected;
import org.comfyee.diffusion.checkpoint.CheckpointException;
import org.comfyee.diffusion.checkpoint.Placements;
import org.comfyee.diffusion.checkpoint.UpscaleModelFiles;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.torch.Device;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.comfyee.torch.safetensors.SafetensorsFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that make pictures larger, against float64 programs written from the papers. */
class UpscaleModelTest {
    @TempDir
    private static Path directory;

    @BeforeAll
    static void load() {
        Torch.loadConfigured();
    }

    private static Path made(String name) throws IOException {
        var path = directory.resolve(name + ".safetensors");
        try (var shapes = UpscaleModelTest.class.getResourceAsStream(name + ".shapes.json")) {
            SyntheticCheckpoint.write(path, shapes);
        }
        return path;
    }

    private static Weights weights(String name) throws IOException {
        return Weights.of(SafetensorsFile.open(made(name)));
    }

    private static void assertPixels(String name, Tensor actual) throws IOException {
        Expected.read(UpscaleModelTest.class.getResourceAsStream(name + ".expected.txt")).assertIs("pixels", actual);
    }

    private static Tensor pixels(long height, long width) {
        return Expected.wave(0.11, 1, 3, height, width).mul(0.5).add(0.5);
    }

    @Test
    void oldModelsGiveTheKnownNumbers() throws IOException {
        try (var _ = new TensorScope()) {
            var network = new Esrgan(EsrganNames.modern(weights("tiny-esrgan")));
            assertEquals(2, network.scale());
            assertPixels("tiny-esrgan", network.apply(pixels(5, 6)));
        }
    }

    @Test
    void modelsThatFoldThePictureGiveTheKnownNumbersUnderEitherName() throws IOException {
        try (var _ = new TensorScope()) {
            var modern = weights("tiny-realesrgan");
            assertPixels("tiny-realesrgan", new Esrgan(modern).apply(pixels(5, 7)));
            var first = modern.renamed(name -> name.replace("body.0.rdb", "RRDB_trunk.0.RDB").replace("conv_body", "trunk_conv")
                    .replace("conv_up", "upconv").replace("conv_hr", "HRconv"));
            assertPixels("tiny-realesrgan", new Esrgan(EsrganNames.modern(first)).apply(pixels(5, 7)));
        }
    }

    @Test
    void compactModelsGiveTheKnownNumbers() throws IOException {
        try (var _ = new TensorScope()) {
            assertPixels("tiny-compact", new CompactNetwork(weights("tiny-compact")).apply(pixels(5, 6)));
        }
    }

    @Test
    void picturesAreEnlargedInTiles() throws IOException {
        try (var _ = new TensorScope()) {
            var model = UpscaleModelFiles.load(made("tiny-compact"));
            var picture = Expected.wave(0.013, 1, 20, 600, 4).mul(0.5).add(0.5);
            var tiles = new long[2];
            var larger = model.upscale(picture, count -> {
                tiles[0] = count;
                return () -> tiles[1]++;
            });
            assertArrayEquals(new long[] {1, 40, 1200, 3}, larger.shape());
            assertArrayEquals(new long[] {2, 2}, tiles);
            var whole = new CompactNetwork(weights("tiny-compact")).apply(picture.narrow(3, 0, 3).permute(0, 3, 1, 2)).clamp(0, 1);
            // Away from the seam a tile sees all that the whole picture would have shown it.
            assertEquals(0, larger.narrow(2, 0, 900).sub(whole.permute(0, 2, 3, 1).narrow(2, 0, 900)).abs().max().item(), 1e-5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny-compact", "tiny-esrgan", "tiny-realesrgan"})
    void modelsComputeWhereNetworksDo(String name) throws IOException {
        try (var _ = new TensorScope()) {
            var picture = pixels(9, 10).permute(0, 2, 3, 1);
            var weights = weights(name);
            var expected = UpscaleModel.of(weights).upscale(picture, _ -> () -> {});
            var there = Placements.onOne(Device.STAND_IN, Optional.empty(), Optional.empty());
            var given = there.call(() -> UpscaleModel.of(weights)).upscale(picture, _ -> () -> {});
            assertEquals(Device.CPU, given.device());
            assertEquals(0, given.sub(expected).abs().max().item(), 1e-5);
        }
    }

    @Test
    void otherWeightsAreRefused() throws IOException {
        var path = directory.resolve("other.safetensors");
        SyntheticCheckpoint.write(path, UpscaleModelTest.class.getResourceAsStream("../vae/tiny-taesd-encoder.shapes.json"));
        assertThrows(CheckpointException.class, () -> UpscaleModelFiles.load(path));
    }
}
