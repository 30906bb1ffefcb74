package org.comfyee.diffusion.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.comfyee.diffusion.Expected;
import org.comfyee.diffusion.WeightFiles;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.LatentFormat;
import org.comfyee.diffusion.model.NetworkInput;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.diffusion.patch.AttentionInputs;
import org.comfyee.diffusion.patch.AttentionPlace;
import org.comfyee.diffusion.patch.NetworkPatch;
import org.comfyee.diffusion.patch.Pass;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.torch.Generator;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The x4 upscaler of Stable Diffusion 2, scaled down, against a plain float64 program written from the papers: levels of noise by
 * number, a small picture beside the latents, eight heads, no self-attention at high resolutions, three levels of the autoencoder.
 */
class UpscalerTest {
    private static final long SEED = 5;

    @TempDir
    private static Path directory;

    private static Path file;
    private static Expected expected;

    private TensorScope scope;
    private Checkpoint checkpoint;

    @BeforeAll
    static void write() throws IOException {
        Torch.loadConfigured();
        file = directory.resolve("tiny-upscaler.safetensors");
        try (var shapes = UpscalerTest.class.getResourceAsStream("tiny-upscaler.shapes.json")) {
            SyntheticCheckpoint.write(file, shapes);
        }
        expected = Expected.read(UpscalerTest.class.getResourceAsStream("tiny-upscaler.expected.txt"));
    }

    @BeforeEach
    void open() throws IOException {
        scope = new TensorScope();
        checkpoint = CheckpointLoader.load(file);
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor latents() {
        return Expected.wave(0.37, 1, 4, 8, 12);
    }

    private static Tensor picture() {
        return Expected.wave(0.13, 1, 3, 8, 12);
    }

    private static Conditioning.Entry text() {
        return new Conditioning.Entry(Expected.wave(0.2, 1, 77, 128), Map.of());
    }

    private static Tensor predicted(DiffusionModel model, Map<TensorSlot, Tensor> told, Pass pass) {
        return model.source().network().predict(new NetworkInput(latents(), new float[] {500}, told, Optional.empty(), pass));
    }

    private Map<TensorSlot, Tensor> told(Conditioning.Entry entry, Tensor latents) {
        return checkpoint.model().family().tensors(entry, latents);
    }

    @Test
    void predictsLikeThePapers() {
        var entry = text().with(Conditioning.CONCAT_IMAGE, picture());
        expected.assertIs("predicted", predicted(checkpoint.model(), told(entry, latents()), Pass.PLAIN));
        var noisiest = Map.of(TensorSlot.CONTEXT, entry.text(), TensorSlot.CONCAT, picture(), TensorSlot.LEVEL, Tensor.of(new long[] {350}, 1));
        expected.assertIs("predicted-level-350", predicted(checkpoint.model(), noisiest, Pass.PLAIN));
    }

    @Test
    void patchesSeeThatTheTextIsLookedAtTwice() {
        var first = new ArrayList<Long>();
        var patch = new NetworkPatch() {
            @Override
            public AttentionInputs attentionInputs(Pass pass, AttentionPlace place, AttentionInputs inputs) {
                if (!place.cross()) {
                    first.add(inputs.key().size(1));
                }
                return inputs;
            }
        };
        var entry = text().with(Conditioning.CONCAT_IMAGE, picture());
        expected.assertIs("predicted", predicted(checkpoint.model(), told(entry, latents()), new Pass(List.of(patch), 1, List.of(0), 8, 12)));
        // At 4x6 and 2x3 pixels the 77 tokens of the text, at 1x2 pixels and between them the pixels themselves.
        assertEquals(List.of(77L, 77L, 2L, 2L, 2L, 2L, 77L, 77L, 77L, 77L), first);
    }

    @Test
    void decodesAndEncodesFourPixelsForALatentLikeThePaper() {
        assertEquals(4, checkpoint.vae().scale());
        expected.assertIs("decoded", checkpoint.vae().decode(Expected.wave(0.31, 1, 4, 5, 6)));
        expected.assertIs("encoded", checkpoint.vae().encode(Expected.wave(0.017, 1, 16, 24, 3).mul(0.5).add(0.5)));
        assertEquals(0.08333, checkpoint.model().latentFormat().toModel(Tensor.ones(ScalarType.FLOAT32, 1, 4, 1, 1)).max().item(), 1e-7);
    }

    /** What is left of a picture's variance after so many steps of noise whose deviations grow evenly from 0.01 to the root of 0.02. */
    private static double left(int level) {
        double left = 1;
        for (int i = 0; i <= level; i++) {
            double deviation = 0.01 + (Math.sqrt(0.02) - 0.01) * i / 999;
            left *= 1 - deviation * deviation;
        }
        return left;
    }

    @Test
    void predictsVelocityOverTheNoiseOfItsTraining() {
        var sampling = checkpoint.model().sampling();
        assertEquals(Math.sqrt(1 / left(0) - 1), sampling.sigmaMin(), 1e-6);
        assertEquals(1, sampling.sigmaMax() / Math.sqrt(1 / left(999) - 1), 1e-5);
        // A velocity of 0 at sigma 1 leaves half of the noisy latents.
        assertEquals(1, sampling.denoised(Tensor.of(new float[] {0}, 1), Tensor.of(new float[] {2}, 1), 1).item(), 1e-6);
        assertSame(LatentFormat.UPSCALER, checkpoint.model().latentFormat());
    }

    @Test
    void detailsOfThePictureAreHiddenAsFarAsAsked() {
        var entry = text().with(Conditioning.CONCAT_IMAGE, picture()).with(Conditioning.NOISE_AUGMENTATION, 0.3).with(Conditioning.SEED, SEED);
        var told = told(entry, latents());
        assertArrayEquals(new long[] {105}, told.get(TensorSlot.LEVEL).toLongs());
        try (var generator = Generator.seeded(SEED - 10)) {
            var noise = Tensor.randn(generator, ScalarType.FLOAT32, 1, 3, 8, 12);
            var hidden = picture().mul(Math.sqrt(left(105))).add(noise.mul(Math.sqrt(1 - left(105))));
            assertArrayEquals(hidden.toDoubles(), told.get(TensorSlot.CONCAT).toDoubles(), 1e-5);
        }
    }

    @Test
    void picturesAreOfTheLatentsSizeAndNumber() {
        var entry = text().with(Conditioning.CONCAT_IMAGE, Expected.wave(0.13, 2, 3, 16, 24));
        assertArrayEquals(new long[] {3, 3, 8, 12}, told(entry, Tensor.zeros(ScalarType.FLOAT32, 3, 4, 8, 12)).get(TensorSlot.CONCAT).shape());
        var none = told(text(), latents()).get(TensorSlot.CONCAT);
        assertArrayEquals(new long[] {1, 3, 8, 12}, none.shape());
        assertEquals(0, none.abs().max().item());
    }

    @Test
    void savedUpscalersAreUpscalers() throws IOException {
        var saved = directory.resolve("saved.safetensors");
        CheckpointWriter.write(saved, "saved", checkpoint.model(), Optional.of(checkpoint.text()), Optional.of(checkpoint.vae()), Map.of());
        var again = CheckpointLoader.load(saved);
        assertSame(LatentFormat.UPSCALER, again.model().latentFormat());
        assertArrayEquals(checkpoint.text().encode("a cat").cond().toFloats(), again.text().encode("a cat").cond().toFloats());
    }

    @Test
    void networksThatSeeASmallPictureWithoutLevelsAreNotKnown() throws IOException {
        var unlabelled = WeightFiles.renamed(file, directory.resolve("unlabelled.safetensors"), name -> name.contains("label_emb") ? "" : name);
        var refusal = assertThrows(CheckpointException.class, () -> CheckpointLoader.load(unlabelled));
        assertTrue(refusal.getMessage().contains("unlabelled.safetensors") && refusal.getMessage().contains("levels"), refusal.getMessage());
    }
}
