package org.comfyee.diffusion.patch;

import org.comfyee.torch.Tensor;

/**
 * Scales the low frequencies of feature maps apart from the high ones. With the spectrum's zero in the middle, low are those in a
 * rectangle around it, which goes as far to the negative side as its half size, and one step less to the positive side. The
 * real part of the result counts.
 */
public final class FrequencyWindow {
    private FrequencyWindow() {}

    /**
     * @param x {@code [..., height, width]}
     * @param half half the side of the rectangle; cut where the spectrum ends
     */
    public static Tensor scaled(Tensor x, int half, double low, double high) {
        int height = (int) x.size(-2);
        int width = (int) x.size(-1);
        var rows = Projection.of(height, Math.min(height / 2, half));
        var columns = Projection.of(width, Math.min(width / 2, half));
        var kept = rows.real().matmul(x).matmul(columns.real()).sub(rows.imaginary().matmul(x).matmul(columns.imaginary().transpose(0, 1)));
        return x.mul(high).add(kept.mul(low - high));
    }

    /** The matrix that leaves of a signal its frequencies from -half to half - 1. */
    private record Projection(Tensor real, Tensor imaginary) {
        static Projection of(int size, int half) {
            var real = new float[size * size];
            var imaginary = new float[size * size];
            for (int to = 0; to < size; to++) {
                for (int from = 0; from < size; from++) {
                    double re = 0;
                    double im = 0;
                    for (int frequency = -half; frequency < half; frequency++) {
                        double angle = 2 * Math.PI * frequency * (to - from) / size;
                        re += Math.cos(angle);
                        im += Math.sin(angle);
                    }
                    real[to * size + from] = (float) (re / size);
                    imaginary[to * size + from] = (float) (im / size);
                }
            }
            return new Projection(Tensor.of(real, size, size), Tensor.of(imaginary, size, size));
        }
    }
}
