package org.comfyee.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoadedTorch.class)
final class ConvolutionKernelTest {
    private static final float TOLERANCE = 1e-4f;

    private final Generator generator = Generator.seeded(7);

    private Tensor random(long... shape) {
        return Tensor.randn(generator, ScalarType.FLOAT32, shape);
    }

    private static void assertConvolves(ConvolutionKernel kernel, Tensor x, Tensor weight, Tensor bias, int stride, int padding) {
        assertArrayEquals(x.conv2d(weight, bias, stride, padding).toFloats(), kernel.apply(x, bias).toFloats(), TOLERANCE);
    }

    @Test
    void convolvesInputsOfAllSizesAsLibtorchDoes() {
        try (var _ = new TensorScope()) {
            var weight = random(72, 40, 3, 3);
            var bias = random(72);
            var kernel = ConvolutionKernel.of(weight, 1, 1, 2, 40, 16, 16);
            for (long size : new long[] {16, 1, 5, 33, 16}) {
                assertConvolves(kernel, random(2, 40, size, size + 1).channelsLast(), weight, bias, 1, 1);
            }
            assertConvolves(kernel, random(1, 40, 8, 8), weight, null, 1, 1);
        }
    }

    @Test
    void convolvesWithStridesAndPoints() {
        try (var _ = new TensorScope()) {
            var strided = random(24, 8, 3, 3);
            var bias = random(24);
            var x = random(1, 8, 17, 17).channelsLast();
            assertConvolves(ConvolutionKernel.of(strided, 2, 0, x.shape()), x, strided, bias, 2, 0);
            var point = random(24, 8, 1, 1);
            assertConvolves(ConvolutionKernel.of(point, 1, 0, x.shape()), x, point, bias, 1, 0);
        }
    }

    @Test
    void computesInTheTypeOfTheWeight() {
        try (var _ = new TensorScope()) {
            var weight = random(8, 4, 3, 3).to(ScalarType.FLOAT64);
            var x = random(1, 4, 6, 6).to(ScalarType.FLOAT64);
            assertConvolves(ConvolutionKernel.of(weight, 1, 1, x.shape()), x, weight, null, 1, 1);
        }
    }
}
