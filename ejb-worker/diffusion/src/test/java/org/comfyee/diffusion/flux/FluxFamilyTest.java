package org.comfyee.diffusion.flux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import org.comfyee.diffusion.Expected;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.LatentFormat;
import org.comfyee.diffusion.model.ReferencePlacement;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What networks of the family of Flux see beside the noise. */
class FluxFamilyTest {
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

    private static Conditioning.Entry text() {
        return Conditioning.of(Expected.wave(0.2, 1, 8, 16), Expected.wave(0.3, 1, 8)).entries().getFirst();
    }

    @Test
    void fillSeesThePictureAndTheMaskOfEachPixel() {
        var latents = Expected.wave(0.37, 1, 16, 2, 4);
        var picture = Expected.wave(0.21, 1, 16, 2, 4);
        var mask = Expected.wave(0.5, 1, 1, 16, 32);
        var concat = new FluxFamily(8, true, 96).tensors(text().with(Conditioning.CONCAT_LATENT, picture).with(Conditioning.CONCAT_MASK, mask), latents)
                .get(TensorSlot.CONCAT);
        assertArrayEquals(new long[] {1, 80, 2, 4}, concat.shape());
        assertArrayEquals(LatentFormat.FLUX.toModel(picture).toFloats(), concat.narrow(1, 0, 16).contiguous().toFloats());
        // The latent in row 1 and column 2 stands for the pixels from row 8 and column 16 on; row 3 and column 5 of these:
        assertEquals(mask.toFloats()[(8 + 3) * 32 + 16 + 5], concat.toFloats()[((16 + 3 * 8 + 5) * 2 + 1) * 4 + 2]);
    }

    @Test
    void withoutPictureAndMaskAllIsToBeFilledIn() {
        var latents = Expected.wave(0.37, 1, 16, 2, 4);
        var concat = new FluxFamily(8, true, 96).tensors(text(), latents).get(TensorSlot.CONCAT);
        assertEquals((0 - 0.1159) * 0.3611, concat.toFloats()[0], 1e-6);
        assertEquals(1, concat.narrow(1, 16, 64).min().item());
    }

    @Test
    void onlyNetworksWithMoreChannelsSeeThePicture() {
        var latents = Expected.wave(0.37, 1, 16, 2, 4);
        var entry = text().with(Conditioning.CONCAT_LATENT, Expected.wave(0.21, 1, 16, 2, 4));
        assertFalse(new FluxFamily(8, true, 16).tensors(entry, latents).containsKey(TensorSlot.CONCAT));
        assertEquals(16, new FluxFamily(8, true, 32).tensors(entry, latents).get(TensorSlot.CONCAT).size(1));
    }

    private static float[] firstPlaces(ReferencePlacement placement) {
        var latents = Tensor.zeros(ScalarType.FLOAT32, 1, 16, 8, 12);
        var references = List.of(Tensor.zeros(ScalarType.FLOAT32, 1, 16, 4, 10), Tensor.zeros(ScalarType.FLOAT32, 1, 16, 6, 6));
        var tensors = new FluxFamily(8, true, 16).tensors(
                text().with(Conditioning.REFERENCE_LATENTS, references).with(Conditioning.REFERENCE_METHOD, placement), latents);
        assertArrayEquals(new long[] {1, 2 * 5 + 3 * 3, 64}, tensors.get(TensorSlot.REFERENCE).shape());
        var places = tensors.get(TensorSlot.REFERENCE_PLACES).toFloats();
        // Of each picture the first patch, and of the first also the last.
        return new float[] {places[0], places[1], places[2], places[27], places[28], places[29], places[30], places[31], places[32]};
    }

    @Test
    void picturesOfReferenceHavePlacesOfTheirOwn() {
        // The second would make the whole 10 high below the first, or 16 wide to its right.
        assertArrayEquals(new float[] {1, 0, 0, 1, 1, 4, 1, 2, 0}, firstPlaces(ReferencePlacement.OFFSET));
        assertArrayEquals(new float[] {1, 0, 0, 1, 1, 4, 2, 0, 0}, firstPlaces(ReferencePlacement.INDEX));
        assertArrayEquals(new float[] {0, 4, 6, 0, 5, 10, 0, 6, 11}, firstPlaces(ReferencePlacement.BEYOND));
    }
}
