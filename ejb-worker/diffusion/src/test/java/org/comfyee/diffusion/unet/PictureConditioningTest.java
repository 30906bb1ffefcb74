package org.comfyee.diffusion.unet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.comfyee.diffusion.Expected;
import org.comfyee.diffusion.checkpoint.CheckpointLoader;
import org.comfyee.diffusion.checkpoint.VisionFiles;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.checkpoint.WeightsFile;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.GuidingPictures;
import org.comfyee.diffusion.patch.Pass;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.torch.Generator;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.comfyee.torch.safetensors.SafetensorsWriter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures that guide beside a text. */
class PictureConditioningTest {
    private static final String SD2 = "/org/comfyee/diffusion/checkpoint/tiny-sd2.shapes.json";
    private static final String VISION = """
            "model.diffusion_model.label_emb.0.0.weight": [256, 16], "model.diffusion_model.label_emb.0.0.bias": [256],
            "model.diffusion_model.label_emb.0.2.weight": [256, 256], "model.diffusion_model.label_emb.0.2.bias": [256],
            "embedder.model.visual.class_embedding": [16], "embedder.model.visual.conv1.weight": [16, 3, 4, 4],
            "embedder.model.visual.positional_embedding": [10, 16], "embedder.model.visual.proj": [16, 8],
            "embedder.model.visual.ln_pre.weight": [16], "embedder.model.visual.ln_pre.bias": [16],
            "embedder.model.visual.ln_post.weight": [16], "embedder.model.visual.ln_post.bias": [16],
            "embedder.model.visual.transformer.resblocks.0.attn.in_proj_weight": [48, 16],
            "embedder.model.visual.transformer.resblocks.0.attn.in_proj_bias": [48],
            "embedder.model.visual.transformer.resblocks.0.ln_1.weight": [16], "embedder.model.visual.transformer.resblocks.0.ln_1.bias": [16],
            "embedder.model.visual.transformer.resblocks.0.ln_2.weight": [16], "embedder.model.visual.transformer.resblocks.0.ln_2.bias": [16],
            "embedder.model.visual.transformer.resblocks.0.attn.out_proj.weight": [16, 16],
            "embedder.model.visual.transformer.resblocks.0.attn.out_proj.bias": [16],
            "embedder.model.visual.transformer.resblocks.0.mlp.c_fc.weight": [32, 16],
            "embedder.model.visual.transformer.resblocks.0.mlp.c_fc.bias": [32],
            "embedder.model.visual.transformer.resblocks.0.mlp.c_proj.weight": [16, 32],
            "embedder.model.visual.transformer.resblocks.0.mlp.c_proj.bias": [16]}""";

    @TempDir
    private static Path directory;

    @BeforeAll
    static void load() {
        Torch.loadConfigured();
    }

    /** What is left of a signal: the schedule's product in closed form, where no step is cut. */
    private static double left(int level) {
        double now = Math.cos(((level + 1) / 1000.0 + 0.008) / 1.008 * Math.PI / 2);
        double start = Math.cos(0.008 / 1.008 * Math.PI / 2);
        return now * now / (start * start);
    }

    private static double[] noise(int draws, int count) {
        try (var generator = Generator.seeded(5 - 10)) {
            Tensor drawn = null;
            for (int i = 0; i < draws; i++) {
                drawn = Tensor.randn(generator, ScalarType.FLOAT32, 1, count);
            }
            return drawn.toDoubles();
        }
    }

    private static double[] hidden(double[] vector, int level, double[] noise) {
        var label = new double[vector.length * 2];
        for (int i = 0; i < vector.length; i++) {
            label[i] = vector[i] * Math.sqrt(left(level)) + noise[i] * Math.sqrt(1 - left(level));
            int half = vector.length / 2;
            double angle = level * Math.exp(-Math.log(10000) * (i % half) / half);
            label[vector.length + i] = i < half ? Math.cos(angle) : Math.sin(angle);
        }
        return label;
    }

    private static double[] times(double[] values, double factor) {
        return java.util.Arrays.stream(values).map(value -> value * factor).toArray();
    }

    @Test
    void detailsAreHiddenUnderNoise() {
        try (var _ = new TensorScope()) {
            var augmentation = new NoiseAugmentation(Weights.of(Map.of()));
            var vector = Expected.wave(0.9, 1, 4);
            var one = new GuidingPictures(vector, 1.5, 0.3);
            var single = hidden(vector.toDoubles(), 300, noise(1, 4));
            assertArrayEquals(times(single, 1.5), augmentation.label(List.of(one), 5, 0.05).toDoubles(), 1e-5);

            // The sum of several is hidden once more, under the noise that comes next.
            var other = new GuidingPictures(Expected.wave(0.4, 2, 4), -1, 0);
            var sum = times(single, 1.5);
            for (int picture = 0; picture < 2; picture++) {
                var each = hidden(Expected.wave(0.4, 2, 4).narrow(0, picture, 1).toDoubles(), 0, noise(1, 4));
                for (int i = 0; i < sum.length; i++) {
                    sum[i] -= each[i];
                }
            }
            var expected = hidden(java.util.Arrays.copyOf(sum, 4), 50, noise(2, 4));
            assertArrayEquals(expected, augmentation.label(List.of(one, other), 5, 0.05).toDoubles(), 1e-5);
        }
    }

    @Test
    void vectorsAreHiddenAsTheyLieBetweenThoseOfTheTraining() throws IOException {
        double[] mean = {0.5, -1, 0, 2};
        double[] deviation = {2, 0.5, 1, 4};
        var file = directory.resolve("statistics.safetensors");
        try (var _ = new TensorScope()) {
            SafetensorsWriter.write(file, Map.of("data_mean", Tensor.of(mean, 1, 4).to(ScalarType.FLOAT32),
                    "data_std", Tensor.of(deviation, 1, 4).to(ScalarType.FLOAT32)), Map.of());
            var vector = Expected.wave(0.9, 1, 4).toDoubles();
            var standard = vector.clone();
            for (int i = 0; i < 4; i++) {
                standard[i] = (vector[i] - mean[i]) / deviation[i];
            }
            // Half of 999 levels is the even one of the two nearest.
            var expected = hidden(standard, 500, noise(1, 4));
            for (int i = 0; i < 4; i++) {
                expected[i] = expected[i] * deviation[i] + mean[i];
            }
            var picture = new GuidingPictures(Expected.wave(0.9, 1, 4), 1, 0.5);
            var given = new NoiseAugmentation(WeightsFile.open(file)).label(List.of(picture), 5, 0.05);
            assertArrayEquals(expected, given.toDoubles(), 1e-5);
        }
    }

    @Test
    void aCheckpointGuidedByPicturesOpensWithItsVisionModel() throws IOException {
        var path = directory.resolve("tiny-unclip.safetensors");
        try (var shapes = PictureConditioningTest.class.getResourceAsStream(SD2)) {
            var text = new String(shapes.readAllBytes(), StandardCharsets.UTF_8).strip();
            var whole = text.substring(0, text.length() - 1) + "," + VISION;
            SyntheticCheckpoint.write(path, new ByteArrayInputStream(whole.getBytes(StandardCharsets.UTF_8)));
        }
        try (var _ = new TensorScope()) {
            var model = CheckpointLoader.load(path).model();
            var seen = VisionFiles.loadFromCheckpoint(path).encode(Expected.wave(0.13, 1, 12, 12, 3).mul(0.5).add(0.5), true);
            assertArrayEquals(new long[] {1, 8}, seen.embeds().shape());
            var latents = Expected.wave(0.7, 1, 4, 8, 8);
            var entry = new Conditioning.Entry(Expected.wave(0.3, 1, 7, 128), Map.of());
            var guided = entry.with(Conditioning.PICTURES, List.of(new GuidingPictures(seen.embeds(), 1, 0))).with(Conditioning.SEED, 5L);
            var plain = model.denoise(latents, 2, model.family().tensors(entry, latents), Optional.empty(), Pass.PLAIN);
            var changed = model.denoise(latents, 2, model.family().tensors(guided, latents), Optional.empty(), Pass.PLAIN);
            assertTrue(changed.sub(plain).abs().max().item() > 1e-3, "the picture changes the guess");
            var strange = entry.with(Conditioning.PICTURES, List.of(new GuidingPictures(Expected.wave(0.3, 1, 12), 1, 0)));
            assertThrows(IllegalArgumentException.class, () -> model.family().tensors(strange, latents));
            assertEquals(0, model.family().tensors(entry, latents).values().stream().mapToInt(each -> each.dim() == 2 ? (int) each.abs().max().item() : 0).sum());
        }
    }
}
