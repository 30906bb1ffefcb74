package org.comfyee.nodes.image;

import java.lang.foreign.ValueLayout;
import java.util.function.IntBinaryOperator;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;

/**
 * Lanczos resampling with three lobes on 8-bit values, in fixed point, first along rows, then along columns: to the last
 * bit what the imaging library Pillow computes.
 */
final class Lanczos {
    private static final double LOBES = 3;
    private static final int PRECISION = 22;

    private Lanczos() {}

    /** @param x {@code [batch, channels, height, width]}, 0 to 1 */
    static Tensor resize(Tensor x, int width, int height) {
        int batch = (int) x.size(0);
        int channels = (int) x.size(1);
        int oldHeight = (int) x.size(2);
        int oldWidth = (int) x.size(3);
        var bytes = x.mul(255).clamp(0, 255).to(ScalarType.UINT8).contiguous().data().toArray(ValueLayout.JAVA_BYTE);
        var result = new float[batch * channels * height * width];
        for (int item = 0; item < batch; item++) {
            var planes = planes(bytes, item * channels, channels, oldHeight * oldWidth);
            boolean transparent = channels == 4 && (oldHeight != height || oldWidth != width);
            if (transparent) {
                Alpha.multiply(planes);
            }
            for (int channel = 0; channel < channels; channel++) {
                planes[channel] = along(along(planes[channel], oldHeight, oldWidth, width, true), oldHeight, width, height, false);
            }
            if (transparent) {
                Alpha.divide(planes);
            }
            for (int i = 0; i < channels * height * width; i++) {
                result[item * channels * height * width + i] = planes[i / (height * width)][i % (height * width)] / 255f;
            }
        }
        return Tensor.of(result, batch, channels, height, width);
    }

    private static int[][] planes(byte[] bytes, int first, int count, int size) {
        var planes = new int[count][size];
        for (int i = 0; i < count * size; i++) {
            planes[i / size][i % size] = bytes[first * size + i] & 0xff;
        }
        return planes;
    }

    /** Colours count as much as they are opaque. */
    private static final class Alpha {
        static void multiply(int[][] planes) {
            change(planes, (level, alpha) -> {
                int product = level * alpha + 128;
                return (product >> 8) + product >> 8;
            });
        }

        static void divide(int[][] planes) {
            change(planes, (level, alpha) -> alpha == 0 || alpha == 255 ? level : Math.min(255, 255 * level / alpha));
        }

        private static void change(int[][] planes, IntBinaryOperator change) {
            for (int channel = 0; channel < 3; channel++) {
                for (int i = 0; i < planes[channel].length; i++) {
                    planes[channel][i] = change.applyAsInt(planes[channel][i], planes[3][i]);
                }
            }
        }
    }

    private static int[] along(int[] pixels, int height, int width, int size, boolean horizontal) {
        int oldSize = horizontal ? width : height;
        if (oldSize == size) {
            return pixels;
        }
        int newHeight = horizontal ? height : size;
        int newWidth = horizontal ? size : width;
        var result = new int[newHeight * newWidth];
        double scale = (double) oldSize / size;
        double filterScale = Math.max(scale, 1);
        double support = LOBES * filterScale;
        for (int i = 0; i < size; i++) {
            double center = (i + 0.5) * scale;
            int first = Math.max(0, (int) (center - support + 0.5));
            int count = Math.min(oldSize, (int) (center + support + 0.5)) - first;
            var weights = weights(center, first, count, filterScale);
            for (int other = 0; other < (horizontal ? height : width); other++) {
                long sum = 1L << (PRECISION - 1);
                for (int j = 0; j < count; j++) {
                    int at = horizontal ? other * width + first + j : (first + j) * width + other;
                    sum += (long) pixels[at] * weights[j];
                }
                result[horizontal ? other * newWidth + i : i * newWidth + other] = Math.clamp(sum >> PRECISION, 0, 255);
            }
        }
        return result;
    }

    private static int[] weights(double center, int first, int count, double filterScale) {
        var exact = new double[count];
        double sum = 0;
        for (int j = 0; j < count; j++) {
            exact[j] = kernel((j + first - center + 0.5) / filterScale);
            sum += exact[j];
        }
        var fixed = new int[count];
        for (int j = 0; j < count; j++) {
            double weight = exact[j] / sum * (1 << PRECISION);
            fixed[j] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
        }
        return fixed;
    }

    private static double kernel(double x) {
        return x >= -LOBES && x < LOBES ? sinc(x) * sinc(x / LOBES) : 0;
    }

    private static double sinc(double x) {
        return x == 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
    }
}
