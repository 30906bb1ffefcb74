package org.comfyee.diffusion.patch;

import org.comfyee.torch.Device;
import org.comfyee.torch.ScalarType;
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
        var rows = Projection.of(height, Math.min(height / 2, half), x.device());
        var columns = Projection.of(width, Math.min(width / 2, half), x.device());
        // Short types have too few digits for sums over whole rows.
        var exact = x.to(ScalarType.FLOAT32);
        var kept = rows.real().matmul(exact).matmul(columns.real())
                .sub(rows.imaginary().matmul(exact).matmul(columns.imaginary().transpose(0, 1)));
        return exact.mul(high).add(kept.mul(low - high)).to(x.dtype());
    }

    /** The matrix that leaves of a signal its frequencies from -half to half - 1. */
    private record Projection(Tensor real, Tensor imaginary) {
        static Projection of(int size, int half, Device device) {
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
            return new Projection(Tensor.of(real, size, size).to(device), Tensor.of(imaginary, size, size).to(device));
        }
    }
}
