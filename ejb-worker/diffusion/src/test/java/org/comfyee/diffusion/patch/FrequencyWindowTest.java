package org.comfyee.diffusion.patch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.comfyee.torch.Generator;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrequencyWindowTest {
    @BeforeAll
    static void load() {
        Torch.loadConfigured();
    }

    @ParameterizedTest
    @CsvSource({"6, 8, 1, 0.2, 1", "5, 7, 1, 0.9, 1", "6, 8, 2, 1, 1.25", "4, 4, 20, 0.5, 3"})
    void scalesCoefficientsOfTheFourierTransform(int height, int width, int half, double low, double high) {
        try (var _ = new TensorScope(); var random = Generator.seeded(3)) {
            var x = Tensor.randn(random, ScalarType.FLOAT32, 2, height, width);
            var scaled = FrequencyWindow.scaled(x, half, low, high).contiguous().toFloats();
            var values = x.toFloats();
            for (int map = 0; map < 2; map++) {
                var expected = filtered(values, map * height * width, height, width, half, low, high);
                for (int i = 0; i < expected.length; i++) {
                    assertEquals(expected[i], scaled[map * expected.length + i], 1e-5);
                }
            }
        }
    }

    /** By the definition: transform, shift the zero to the middle, scale the rectangle and the rest, and back; the real part. */
    private static double[] filtered(float[] values, int offset, int height, int width, int half, double low, double high) {
        var result = new double[height * width];
        int rows = Math.min(height / 2, half);
        int columns = Math.min(width / 2, half);
        for (int u = 0; u < height; u++) {
            for (int v = 0; v < width; v++) {
                double re = 0;
                double im = 0;
                for (int i = 0; i < values.length / 2; i++) {
                    double angle = -2 * Math.PI * ((double) u * (i / width) / height + (double) v * (i % width) / width);
                    re += values[offset + i] * Math.cos(angle);
                    im += values[offset + i] * Math.sin(angle);
                }
                int row = (u + height / 2) % height;
                int column = (v + width / 2) % width;
                boolean inside = row >= height / 2 - rows && row < height / 2 + rows
                        && column >= width / 2 - columns && column < width / 2 + columns;
                double factor = (inside ? low : high) / (height * width);
                for (int i = 0; i < result.length; i++) {
                    double angle = 2 * Math.PI * ((double) u * (i / width) / height + (double) v * (i % width) / width);
                    result[i] += factor * (re * Math.cos(angle) - im * Math.sin(angle));
                }
            }
        }
        return result;
    }
}
