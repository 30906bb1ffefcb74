package org.comfyee.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoadedTorch.class)
final class TensorTest {
    private TensorScope scope;

    @BeforeEach
    void openScope() {
        scope = new TensorScope();
    }

    @AfterEach
    void closeScope() {
        scope.close();
    }

    @Test
    void matricesAreProductsOfTheirSingularVectors() {
        try (var _ = new TensorScope()) {
            var values = new float[] {3, 1, 2, 0, -1, 4};
            var found = Tensor.of(values, 2, 3).singularValues();
            assertArrayEquals(new long[] {2, 2}, found.left().shape());
            assertArrayEquals(new long[] {2, 3}, found.right().shape());
            assertTrue(found.values().toFloats()[0] > found.values().toFloats()[1]);
            assertArrayEquals(values, found.left().mul(found.values()).matmul(found.right()).contiguous().toFloats(), 1e-5f);
        }
    }

    @Test
    void numbersAsOperandsKeepTheTensorsType() {
        var half = Tensor.ones(ScalarType.FLOAT16, 3);
        assertEquals(ScalarType.FLOAT16, half.add(0.5).mul(2).div(4).sub(1).pow(2).clamp(0, 1).dtype());
        assertArrayEquals(new float[] {0.0625f, 0.0625f, 0.0625f}, half.add(0.5).mul(2).div(4).sub(1).pow(2).clamp(0, 1).toFloats());
    }

    @Test
    void arithmeticFollowsPyTorch() {
        var x = Tensor.of(new float[] {-2, -0.5f, 0, 3}, 2, 2);
        assertArrayEquals(new float[] {-0.23840584f, -0.18877034f, 0, 2.8577225f}, x.silu().toFloats(), 1e-7f);
        assertArrayEquals(new float[] {-0.04550028f, -0.15426877f, 0, 2.9959502f}, x.gelu().toFloats(), 1e-6f);
        assertArrayEquals(new float[] {-4, -1, 0, 6}, x.add(x, 1).toFloats());
        assertArrayEquals(new float[] {0, 0, 0, 0}, x.sub(x).toFloats());
        assertArrayEquals(new long[] {0, 0}, x.lt(0).to(ScalarType.INT64).argmin(1).add(Tensor.of(new long[] {0, -1}, 2)).mul(0).toLongs());
        assertEquals(0.5, x.sum().item());
        assertArrayEquals(new float[] {-1.25f, 1.5f}, x.mean(1, false).toFloats());
    }

    @Test
    void viewsShareMemoryAndKnowTheirShapes() {
        var x = Tensor.of(new float[] {0, 1, 2, 3, 4, 5}, 2, 3);
        var transposed = x.transpose(0, 1);
        assertArrayEquals(new long[] {3, 2}, transposed.shape());
        assertArrayEquals(new float[] {0, 3, 1, 4, 2, 5}, transposed.toFloats());
        x.fillInPlace(7);
        assertArrayEquals(new float[] {7, 7, 7, 7, 7, 7}, transposed.toFloats());
        assertThrows(IllegalStateException.class, transposed::data);
    }

    @Test
    void listsOfTensorsGoInAndComeOut() {
        var parts = Tensor.of(new float[] {0, 1, 2, 3, 4, 5}, 1, 6).chunk(3, 1);
        assertEquals(3, parts.size());
        assertArrayEquals(new float[] {4, 5, 0, 1}, Tensor.cat(List.of(parts.get(2), parts.get(0)), 1).toFloats());
    }

    @Test
    void convolutionAndAttentionGiveKnownValues() {
        var image = Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 2, 2);
        var kernel = Tensor.ones(ScalarType.FLOAT32, 1, 1, 3, 3);
        assertArrayEquals(new float[] {10, 10, 10, 10}, image.conv2d(kernel, null, 1, 1).toFloats());
        var one = Tensor.of(new float[] {1, 0, 0, 1}, 1, 1, 2, 2);
        // softmax of [1, 0] scaled by 1/sqrt(2)
        assertArrayEquals(new float[] {0.6697615f, 0.33023846f, 0.33023846f, 0.6697615f}, Tensor.attention(one, one, one, null, false, null).toFloats(), 1e-6f);
        assertArrayEquals(new float[] {1, 0, 0.33023846f, 0.6697615f}, Tensor.attention(one, one, one, null, true, null).toFloats(), 1e-6f);
    }

    @Test
    void aWrongCountOfValuesIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Tensor.of(new float[5], 2, 3));
    }

    @Test
    void aClosedTensorSaysSo() {
        var x = Tensor.ones(ScalarType.FLOAT32, 1);
        x.close();
        x.close();
        assertThrows(IllegalStateException.class, x::neg);
    }

    @Test
    void onlyKeptTensorsOutliveTheirScope() {
        Tensor kept;
        Tensor dropped;
        try (var inner = new TensorScope()) {
            dropped = Tensor.ones(ScalarType.FLOAT32, 2);
            kept = inner.keep(dropped.mul(3));
        }
        assertArrayEquals(new float[] {3, 3}, kept.toFloats());
        assertThrows(IllegalStateException.class, dropped::shape);
    }
}
