package org.comfyee.diffusion.tiles;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.atomic.AtomicInteger;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Work in tiles, against values worked out by hand. */
class TilingTest {
    @BeforeAll
    static void prepare() {
        Torch.loadConfigured();
    }

    private static Tensor ramp(long... shape) {
        return Tensor.ones(ScalarType.FLOAT32, shape).flatten(0, -1).cumsum(0).reshape(shape);
    }

    @Test
    void tilesFadeIntoEachOther() {
        try (var _ = new TensorScope()) {
            var calls = new AtomicInteger();
            var tiling = new Tiling(4, 4, 2);
            var result = tiling.apply(Tensor.zeros(ScalarType.FLOAT32, 1, 1, 1, 5), tile -> tile.add(calls.incrementAndGet()), 1, () -> {});
            assertEquals(2, calls.get());
            assertEquals(2, tiling.count(1, 5));
            // Of the first tile 1/2 1 1 1/2, of the second 1/2 1 1/2; a side shorter than the overlap does not fade.
            assertArrayEquals(new double[] {1, 1, (1 + 0.5 * 2) / 1.5, (0.5 + 2) / 1.5, 2}, result.toDoubles(), 1e-6);
        }
    }

    @Test
    void aResultOfAnySizeIsPutTogetherAgain() {
        try (var _ = new TensorScope()) {
            var source = ramp(2, 3, 9, 14);
            var done = new AtomicInteger();
            var tiling = new Tiling(6, 4, 1);
            var result = tiling.apply(source, tile -> tile.upsampleNearest(tile.size(2) * 2, tile.size(3) * 2), 2, done::incrementAndGet);
            assertEquals(0, result.sub(source.upsampleNearest(18, 28)).abs().max().item(), 1e-4);
            assertEquals(2 * tiling.count(9, 14), done.get());
            assertEquals(3 * 3, tiling.count(9, 14));
            var smaller = new Tiling(8, 8, 4).apply(ramp(1, 1, 16, 24), tile -> tile.areaResize(tile.size(2) / 4, tile.size(3) / 4), 0.25, () -> {});
            assertEquals(0, smaller.sub(ramp(1, 1, 16, 24).areaResize(4, 6)).abs().max().item(), 1e-4);
        }
    }

    @Test
    void tilesThatWouldNotGetOnAreRefused() {
        try (var _ = new TensorScope()) {
            var source = ramp(1, 1, 8, 8);
            assertThrows(IllegalArgumentException.class, () -> new Tiling(4, 4, 4).apply(source, tile -> tile, 1, () -> {}));
        }
    }
}
