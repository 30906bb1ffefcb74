package org.comfyee.diffusion.vae;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.comfyee.diffusion.Expected;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.comfyee.torch.TorchException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class VaeMemoryTest {
    private static final long ONE_TERABYTE = 1L << 40;

    @BeforeAll
    static void load() {
        Torch.loadConfigured();
    }

    /** Gives latents back as they are, in the sizes that it finds fitting, and remembers the widths that it was asked for. */
    private record Limited(long bytesForLatent, long widest, List<Long> widths) implements Autoencoder {
        @Override
        public int scale() {
            return 1;
        }

        @Override
        public int latentChannels() {
            return 3;
        }

        @Override
        public long bytesForPixel() {
            return bytesForLatent;
        }

        @Override
        public Tensor encode(Tensor pixels) {
            return decode(pixels);
        }

        @Override
        public Tensor decode(Tensor latents) {
            widths.add(latents.size(3));
            if (latents.size(3) > widest) {
                throw new TorchException("DefaultCPUAllocator: can't allocate memory");
            }
            return latents.mul(1);
        }
    }

    private static List<Long> widthsDecoded(long bytesForLatent, long widest) {
        var widths = new ArrayList<Long>();
        try (var _ = new TensorScope()) {
            var latents = Expected.wave(0.7, 2, 3, 20, 160);
            var pictures = VaeModel.of(new Limited(bytesForLatent, widest, widths)).decode(latents);
            assertArrayEquals(latents.add(1).div(2).permute(0, 2, 3, 1).toFloats(), pictures.toFloats(), 1e-5f);
        }
        return widths;
    }

    @Test
    void whatFitsIsDecodedAtOnce() {
        assertEquals(List.of(160L), widthsDecoded(1, 160));
    }

    @Test
    void whatWouldNotFitIsDecodedInTiles() {
        assertTrue(widthsDecoded(ONE_TERABYTE, 128).stream().anyMatch(width -> width == 64));
    }

    @Test
    void whereMemoryRunsOutOnTheWayTilesAreTried() {
        var widths = widthsDecoded(1, 159);
        assertEquals(160, widths.getFirst());
        assertTrue(widths.contains(64L));
    }

    @Test
    void whatIsTooLargeEvenInTilesFails() {
        var failure = assertThrows(TorchException.class, () -> widthsDecoded(1, 10));
        assertTrue(failure.outOfMemory());
    }
}
