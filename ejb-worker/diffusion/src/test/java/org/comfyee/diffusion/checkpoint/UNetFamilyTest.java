package org.comfyee.diffusion.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.comfyee.diffusion.Expected;
import org.comfyee.diffusion.WeightFiles;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.DiffusionSampling;
import org.comfyee.diffusion.model.DiscreteSchedule;
import org.comfyee.diffusion.model.LatentFormat;
import org.comfyee.diffusion.model.NetworkInput;
import org.comfyee.diffusion.model.Prediction;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.diffusion.text.ClipUse;
import org.comfyee.diffusion.text.SingleTextEncoder;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.comfyee.torch.safetensors.SafetensorsFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Stable Diffusion 2 and the SDXL refiner, scaled down, against a plain float64 program written from the papers: OpenCLIP
 * text transformers, linear projections, heads of 64, attention at some levels only, sizes as labels.
 */
class UNetFamilyTest {
    private static final String PROMPT = "a photo of a cat";

    private static final DiffusionSampling VELOCITY = new DiffusionSampling(Prediction.VELOCITY, DiscreteSchedule.STABLE_DIFFUSION);

    @TempDir
    private static Path directory;

    private static Path sd2;
    private static Path refiner;

    @BeforeAll
    static void write() throws IOException {
        Torch.loadConfigured();
        sd2 = made("tiny-sd2");
        refiner = made("tiny-refiner");
    }

    private static Path made(String name) throws IOException {
        var path = directory.resolve(name + ".safetensors");
        try (var shapes = UNetFamilyTest.class.getResourceAsStream(name + ".shapes.json")) {
            SyntheticCheckpoint.write(path, shapes);
        }
        return path;
    }

    private static Expected expected(String name) throws IOException {
        return Expected.read(UNetFamilyTest.class.getResourceAsStream(name + ".expected.txt"));
    }

    private static Tensor predicted(Checkpoint checkpoint, Conditioning.Entry entry) {
        var x = Expected.wave(0.37, 1, 4, 6, 10);
        var tensors = checkpoint.model().family().tensors(entry, x);
        return checkpoint.model().source().network().predict(new NetworkInput(x, new float[] {500}, tensors, Optional.empty()));
    }

    @Test
    void stableDiffusion2EncodesAndPredictsLikeThePapers() throws IOException {
        try (var _ = new TensorScope()) {
            var expected = expected("tiny-sd2");
            var checkpoint = CheckpointLoader.load(sd2);
            var text = checkpoint.text().encode(PROMPT);
            expected.assertIs("cond", text.cond());
            expected.assertIs("pooled", text.pooled());
            expected.assertIs("predicted", predicted(checkpoint, Conditioning.of(text.cond(), text.pooled()).entries().getFirst()));
            assertEquals(DiffusionSampling.STABLE_DIFFUSION, checkpoint.model().sampling());
            assertSame(LatentFormat.SD15, checkpoint.model().latentFormat());
        }
    }

    @Test
    void textIsProjectedByWhicheverMatrixTheFileHas() throws IOException {
        try (var _ = new TensorScope()) {
            var given = CheckpointLoader.load(sd2).text();
            var plain = given.unprojected().encode(PROMPT).pooled();
            // In the layout of Hugging Face, with the matrix as OpenCLIP has it, or without one.
            var parts = given.parts().values().iterator().next();
            var matrix = parts.get("text_projection.weight");
            var rest = new LinkedHashMap<String, Parameter>();
            parts.names().stream().filter(name -> !name.equals("text_projection.weight")).forEach(name -> rest.put(name, parts.get(name)));
            assertArrayEquals(plain.toFloats(), new SingleTextEncoder(ClipUse.SD2_H, Weights.of(rest)).encode(PROMPT).pooled().toFloats());
            rest.put("text_projection", matrix.transposed("text_projection"));
            assertArrayEquals(given.encode(PROMPT).pooled().toFloats(),
                    new SingleTextEncoder(ClipUse.SD2_H, Weights.of(rest)).encode(PROMPT).pooled().toFloats(), 1e-5f);
        }
    }

    @Test
    void refinerIsToldSizesAndScoreThatDependsOnTheSide() throws IOException {
        try (var _ = new TensorScope()) {
            var expected = expected("tiny-refiner");
            var checkpoint = CheckpointLoader.load(refiner);
            var text = checkpoint.text().encode(PROMPT);
            expected.assertIs("cond", text.cond());
            expected.assertIs("pooled", text.pooled());
            var entry = Conditioning.of(text.cond(), text.pooled()).entries().getFirst();
            expected.assertIs("wanted", predicted(checkpoint, entry));
            expected.assertIs("unwanted", predicted(checkpoint, entry.with(Conditioning.UNWANTED, true)));
            expected.assertIs("unwanted", predicted(checkpoint, entry.with(Conditioning.AESTHETIC_SCORE, 2.5)));
            assertSame(LatentFormat.SDXL, checkpoint.model().latentFormat());
        }
    }

    @Test
    void textOfAnotherModelIsRefused() throws IOException {
        try (var _ = new TensorScope()) {
            var checkpoint = CheckpointLoader.load(refiner);
            var entry = Conditioning.of(Tensor.zeros(ScalarType.FLOAT32, 1, 77, 128), Tensor.zeros(ScalarType.FLOAT32, 1, 96)).entries().getFirst();
            var refusal = assertThrows(IllegalArgumentException.class, () -> predicted(checkpoint, entry));
            assertTrue(refusal.getMessage().contains("96") && refusal.getMessage().contains("128"), refusal.getMessage());
        }
    }

    /** A copy of a checkpoint with more or other tensors. */
    private static Path with(Path checkpoint, String name, Map<String, Tensor> added) throws IOException {
        var tensors = WeightFiles.read(checkpoint);
        tensors.putAll(added);
        return WeightFiles.write(directory.resolve(name), tensors);
    }

    @Test
    void variedBiasesMarkStableDiffusion2ThatPredictsVelocity() throws IOException {
        var sign = "model.diffusion_model.output_blocks.11.1.transformer_blocks.0.norm1.bias";
        try (var _ = new TensorScope()) {
            // The standard deviation of a half at +a and a half at -a is a; the mark is 0.09.
            var velocity = with(sd2, "velocity.safetensors", Map.of(sign, Tensor.of(new float[] {1.1f, 0.9f, 1.1f, 0.9f}, 4)));
            assertEquals(VELOCITY, CheckpointLoader.load(velocity).model().sampling());
            var noise = with(sd2, "noise.safetensors", Map.of(sign, Tensor.of(new float[] {1.08f, 0.92f, 1.08f, 0.92f}, 4)));
            assertEquals(DiffusionSampling.STABLE_DIFFUSION, CheckpointLoader.load(noise).model().sampling());
            var kernel = SafetensorsFile.open(sd2).tensor("model.diffusion_model.input_blocks.0.0.weight");
            var fillingIn = with(sd2, "filling-in.safetensors", Map.of(
                    sign, Tensor.of(new float[] {1.1f, 0.9f, 1.1f, 0.9f}, 4),
                    "model.diffusion_model.input_blocks.0.0.weight", Tensor.zeros(ScalarType.FLOAT32, kernel.size(0), 9, 3, 3)));
            assertEquals(DiffusionSampling.STABLE_DIFFUSION, CheckpointLoader.load(fillingIn).model().sampling());
        }
    }

    @Test
    void markedSdxlModelsPredictVelocity() throws IOException {
        try (var _ = new TensorScope()) {
            var mark = Tensor.of(new float[0], 0);
            var plain = CheckpointLoader.load(with(refiner, "v.safetensors", Map.of("v_pred", mark))).model().sampling();
            assertEquals(VELOCITY, plain);
            var terminal = CheckpointLoader.load(with(refiner, "ztsnr.safetensors", Map.of("v_pred", mark, "ztsnr", mark))).model().sampling();
            assertTrue(Math.abs(plain.sigmaMax() - 14.6146) < 1e-3, "sigma " + plain.sigmaMax());
            assertTrue(Math.abs(terminal.sigmaMax() - 4518.76) < 0.1, "sigma " + terminal.sigmaMax());
        }
    }

    @Test
    void markedSdxlModelsAreTrainedInTheFormOfEdm() throws IOException {
        try (var _ = new TensorScope()) {
            var mark = Tensor.of(new float[0], 0);
            var marked = with(refiner, "playground.safetensors", Map.of("edm_mean", mark, "edm_std", mark));
            var playground = CheckpointLoader.load(marked).model();
            assertSame(LatentFormat.PLAYGROUND, playground.latentFormat());
            assertEquals(0.002, playground.sampling().sigmaMin(), 1e-6);
            assertEquals(80, playground.sampling().sigmaMax(), 1e-3);
            // Karras et al. 2022, table 1, with sigma = data = 0.5: skip 1/2, out 0.5 / sqrt 2, in 1 / sqrt 0.5, noise ln(sigma) / 4.
            var x = Tensor.of(new float[] {2}, 1);
            assertEquals(1 + 0.5 / Math.sqrt(2), playground.sampling().denoised(Tensor.of(new float[] {1}, 1), x, 0.5f).item(), 1e-6);
            assertEquals(2 * Math.sqrt(2), playground.sampling().networkInput(x, 0.5f).item(), 1e-6);
            assertEquals(0.25 * Math.log(0.5), playground.sampling().timestep(0.5f), 1e-6);
            var velocity = CheckpointLoader.load(with(refiner, "edm-v.safetensors", Map.of(
                    "edm_vpred.sigma_max", Tensor.scalar(120), "edm_vpred.sigma_min", Tensor.scalar(0.01)))).model().sampling();
            assertEquals(120, velocity.sigmaMax(), 1e-3);
            assertEquals(0.01, velocity.sigmaMin(), 1e-6);
            // v of 0 at sigma 1 leaves half of the noisy latents.
            assertEquals(1, velocity.denoised(Tensor.of(new float[] {0}, 1), x, 1).item(), 1e-6);
        }
    }

    @Test
    void velocityIsUndoneByItsDefinition() {
        try (var _ = new TensorScope()) {
            // Salimans and Ho 2022: z = a x + s e, v = a e - s x, with a² + s² = 1; x here is z / a.
            double picture = 0.7;
            double noise = -1.3;
            double sigma = 2.5;
            double a = 1 / Math.sqrt(1 + sigma * sigma);
            double s = sigma * a;
            var noisy = Tensor.of(new float[] {(float) (picture + sigma * noise)}, 1);
            var velocity = Tensor.of(new float[] {(float) (a * noise - s * picture)}, 1);
            var guess = VELOCITY.denoised(velocity, noisy, (float) sigma);
            assertTrue(Math.abs(guess.item() - picture) < 1e-6, "picture " + guess.item());
        }
    }

    /** A network whose first convolution takes more channels, of which only one counts: as much as the first of the noise. */
    private static Tensor predictedWithPicture(long channels, int counting, Conditioning.Entry entry, Tensor x) throws IOException {
        var name = "model.diffusion_model.input_blocks.0.0.weight";
        var kernel = SafetensorsFile.open(sd2).tensor(name).to(ScalarType.FLOAT32);
        var wide = Tensor.zeros(ScalarType.FLOAT32, kernel.size(0), channels, 3, 3);
        wide.narrow(1, counting, 1).copyInPlace(kernel.narrow(1, 0, 1));
        var model = CheckpointLoader.load(with(sd2, channels + "-" + counting + ".safetensors", Map.of(name, wide))).model();
        return model.source().network().predict(new NetworkInput(x, new float[] {500}, model.family().tensors(entry, x), Optional.empty()));
    }

    @Test
    void networksThatFillInSeeMaskAndPicture() throws IOException {
        try (var _ = new TensorScope()) {
            var text = Conditioning.of(Expected.wave(0.2, 1, 77, 128), Expected.wave(0.3, 1, 128)).entries().getFirst();
            var x = Expected.wave(0.37, 1, 4, 6, 10);
            var picture = Expected.wave(0.21, 1, 4, 6, 10);
            var mask = Tensor.of(new float[] {0.2f, 0.7f}, 1, 1, 1, 2).upsampleNearest(6, 10);
            var entry = text.with(Conditioning.CONCAT_LATENT, picture).with(Conditioning.CONCAT_MASK, mask);
            // The last channels of the noise are 4, then comes the mask, then the picture in the model's units.
            assertEqual(predictedWithPicture(9, 0, text, only(mask.round())), predictedWithPicture(9, 4, entry, x));
            assertEqual(predictedWithPicture(9, 0, text, only(picture.narrow(1, 0, 1).mul(0.18215))), predictedWithPicture(9, 5, entry, x));
            // Without a mask everything is to be filled in, and the picture is grey.
            assertEqual(predictedWithPicture(9, 0, text, only(mask.mul(0).add(1))), predictedWithPicture(9, 4, text, x));
            assertEqual(predictedWithPicture(9, 0, text, only(mask.mul(0).sub(0.6876))), predictedWithPicture(9, 6, text, x));
        }
    }

    @Test
    void networksThatAreInstructedSeeThePictureInTheAutoencodersUnits() throws IOException {
        try (var _ = new TensorScope()) {
            var text = Conditioning.of(Expected.wave(0.2, 1, 77, 128), Expected.wave(0.3, 1, 128)).entries().getFirst();
            var x = Expected.wave(0.37, 1, 4, 6, 10);
            var picture = Expected.wave(0.21, 1, 4, 6, 10);
            assertEqual(predictedWithPicture(8, 0, text, only(picture.narrow(1, 1, 1))),
                    predictedWithPicture(8, 5, text.with(Conditioning.CONCAT_LATENT, picture), x));
            assertEqual(predictedWithPicture(8, 0, text, only(picture.narrow(1, 1, 1).mul(0))), predictedWithPicture(8, 5, text, x));
        }
    }

    /** Latents whose first channel is this. */
    private static Tensor only(Tensor channel) {
        return Tensor.cat(List.of(channel, Tensor.zeros(ScalarType.FLOAT32, 1, 3, 6, 10)), 1);
    }

    private static void assertEqual(Tensor wanted, Tensor given) {
        assertArrayEquals(wanted.toFloats(), given.toFloats(), 1e-4f);
    }

    @Test
    void networksOfOtherSortsAreNamed() throws IOException {
        try (var _ = new TensorScope()) {
            var strange = with(sd2, "strange.safetensors",
                    Map.of("model.diffusion_model.input_blocks.0.0.weight", Tensor.zeros(ScalarType.FLOAT32, 64, 6, 3, 3)));
            var refusal = assertThrows(CheckpointException.class, () -> CheckpointLoader.load(strange));
            assertTrue(refusal.getMessage().contains("strange.safetensors") && refusal.getMessage().contains("6 input channels"), refusal.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource({"distilled_guidance_layer.norms.0.scale, Chroma", "txt_norm.weight, Qwen-Image", "head.modulation, Wan"})
    void familiesThatAreNotSupportedAreNamed(String weight, String family) throws IOException {
        try (var _ = new TensorScope()) {
            var number = Tensor.zeros(ScalarType.FLOAT32, 1);
            var alone = WeightFiles.write(directory.resolve("alone.safetensors"), Map.of(weight, number));
            var whole = WeightFiles.write(directory.resolve("whole.safetensors"), Map.of("model.diffusion_model." + weight, number));
            for (var file : List.of(alone, whole)) {
                var refusal = assertThrows(CheckpointException.class, () -> CheckpointLoader.load(file));
                assertTrue(refusal.getMessage().contains("of the family " + family), refusal.getMessage());
            }
        }
    }
}
