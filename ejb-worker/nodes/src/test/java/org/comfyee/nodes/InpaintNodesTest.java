package org.comfyee.nodes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.vae.VaeModel;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pictures and masks that models see beside the noise; the autoencoder here takes pixels for latents. */
class InpaintNodesTest {
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

    private static Conditioning text() {
        return Conditioning.of(Tensor.zeros(ScalarType.FLOAT32, 1, 2, 3), Tensor.zeros(ScalarType.FLOAT32, 1, 3));
    }

    /** Covers the left half. */
    private static Tensor half(int height, int width) {
        var mask = Tensor.zeros(ScalarType.FLOAT32, 1, height, width);
        mask.narrow(2, 0, width / 2).fillInPlace(1);
        return mask;
    }

    @Test
    void conditioningHoldsThePictureWithoutWhatIsCovered() {
        var pixels = Tensor.full(0.8, ScalarType.FLOAT32, 1, 17, 24, 3);
        var outputs = NodeCall.run("InpaintModelConditioning", "positive", text(), "negative", text(), "vae", VaeModel.pixelSpace(),
                "pixels", pixels, "mask", half(17, 24));
        var entry = ((Conditioning) outputs.get(1)).entries().getFirst();
        var concat = entry.find(Conditioning.CONCAT_LATENT).orElseThrow();
        assertArrayEquals(new long[] {1, 3, 16, 24}, concat.shape());
        // Grey is 0 in pixels from -1 to 1.
        assertEquals(0, concat.toFloats()[5], 1e-6);
        assertEquals(0.6, concat.toFloats()[20], 1e-6);
        assertArrayEquals(new long[] {1, 1, 16, 24}, entry.find(Conditioning.CONCAT_MASK).orElseThrow().shape());
        var latent = (Latent) outputs.get(2);
        assertEquals(0.6, latent.samples().toFloats()[5], 1e-6);
        assertEquals(12 * 16, latent.noiseMask().orElseThrow().sum().item());
        var withoutMask = (Latent) NodeCall.run("InpaintModelConditioning", "positive", text(), "negative", text(), "vae", VaeModel.pixelSpace(),
                "pixels", pixels, "mask", half(17, 24), "noise_mask", false).get(2);
        assertEquals(true, withoutMask.noiseMask().isEmpty());
    }

    @Test
    void encodedMaskIsGrown() {
        var pixels = Tensor.full(0.8, ScalarType.FLOAT32, 1, 16, 24, 3);
        var latent = NodeCall.latent("VAEEncodeForInpaint", "pixels", pixels, "vae", VaeModel.pixelSpace(), "mask", half(16, 24), "grow_mask_by", 5);
        assertEquals((12 + 2) * 16, latent.noiseMask().orElseThrow().sum().item());
        // What is grown is not grey.
        assertEquals(0.6, latent.samples().toFloats()[13], 1e-6);
        assertEquals(0, latent.samples().toFloats()[11], 1e-6);
        var exact = NodeCall.latent("VAEEncodeForInpaint", "pixels", pixels, "vae", VaeModel.pixelSpace(), "mask", half(16, 24), "grow_mask_by", 0);
        assertEquals(12 * 16, exact.noiseMask().orElseThrow().sum().item());
        // This autoencoder takes sides of any length.
        var odd = NodeCall.latent("VAEEncodeForInpaint", "pixels", Tensor.full(0.8, ScalarType.FLOAT32, 1, 5, 7, 3), "vae", VaeModel.pixelSpace(),
                "mask", half(5, 7), "grow_mask_by", 0);
        assertArrayEquals(new long[] {1, 3, 5, 7}, odd.samples().shape());
        assertEquals(3 * 5, odd.noiseMask().orElseThrow().sum().item());
    }

    @Test
    void instructedModelsSeeThePictureAndStartFromNothing() {
        var outputs = NodeCall.run("InstructPixToPixConditioning", "positive", text(), "negative", text(), "vae", VaeModel.pixelSpace(),
                "pixels", Tensor.full(0.8, ScalarType.FLOAT32, 1, 16, 24, 3));
        assertEquals(0.6, ((Conditioning) outputs.get(0)).entries().getFirst().find(Conditioning.CONCAT_LATENT).orElseThrow().max().item(), 1e-6);
        assertEquals(0, ((Latent) outputs.get(2)).samples().abs().max().item());
    }

    @Test
    void enlargingModelsSeeThePictureInTheSizeOfLatents() {
        var outputs = NodeCall.run("SD_4XUpscale_Conditioning", "images", Tensor.full(0.8, ScalarType.FLOAT32, 1, 16, 24, 3), "positive", text(),
                "negative", text(), "scale_ratio", 4.0, "noise_augmentation", 0.3);
        var entry = ((Conditioning) outputs.get(0)).entries().getFirst();
        assertArrayEquals(new long[] {1, 3, 16, 24}, entry.find(Conditioning.CONCAT_IMAGE).orElseThrow().shape());
        assertEquals(0.3, entry.find(Conditioning.NOISE_AUGMENTATION).orElseThrow());
        assertArrayEquals(new long[] {1, 4, 16, 24}, ((Latent) outputs.get(2)).samples().shape());
    }

    @Test
    void latentsOfReferenceAddUp() {
        var latent = Latent.of(Tensor.zeros(ScalarType.FLOAT32, 1, 16, 4, 4));
        var once = NodeCall.run("ReferenceLatent", "conditioning", text(), "latent", latent).getFirst();
        var twice = (Conditioning) NodeCall.run("ReferenceLatent", "conditioning", once, "latent", latent).getFirst();
        assertEquals(2, twice.entries().getFirst().find(Conditioning.REFERENCE_LATENTS).orElse(List.of()).size());
    }

    @Test
    void picturesForKontextHaveTheNearestProportions() {
        assertArrayEquals(new long[] {1, 672, 1568, 3}, NodeCall.tensor("FluxKontextImageScale", "image", Tensor.zeros(ScalarType.FLOAT32, 1, 20, 90, 3)).shape());
        assertArrayEquals(new long[] {1, 1024, 1024, 3}, NodeCall.tensor("FluxKontextImageScale", "image", Tensor.zeros(ScalarType.FLOAT32, 1, 50, 51, 3)).shape());
    }
}
