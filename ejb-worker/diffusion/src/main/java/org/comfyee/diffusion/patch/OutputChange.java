package org.comfyee.diffusion.patch;

import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * Guesses from how much an input changed since it was last worked on how much the output would change, as the ratio of both was the
 * last time (Zhou et al. 2025, "Less is Enough: Training-Free Video Diffusion Acceleration via Runtime-Adaptive Caching").
 */
final class OutputChange {
    /** Of each so many rows and columns one is looked at. */
    private static final int STRIDE = 8;

    private final double threshold;
    private Tensor lastInput;
    private Tensor lastOutput;
    private double lastSize;
    private double inputChange = Double.NaN;
    /** Change of the output for a change of the input; not a number until it was seen. */
    private double ratio = Double.NaN;
    private double sum;

    /** @param threshold relative to the size of the output, for all changes since it was last worked out */
    OutputChange(double threshold) {
        this.threshold = threshold;
    }

    /** Whether working out the output for an input can be left out. */
    boolean isSmall(Tensor input) {
        try (var _ = new TensorScope()) {
            inputChange = lastInput == null ? Double.NaN : distance(input, lastInput);
        }
        if (Double.isNaN(ratio)) {
            return false;
        }
        sum += ratio * inputChange / lastSize;
        if (sum < threshold) {
            return true;
        }
        sum = 0;
        return false;
    }

    /**
     * What was worked out for the input that {@link #isSmall} was last asked for.
     *
     * @param size mean of the absolute values of the output
     */
    void observe(Tensor input, Tensor output, double size) {
        try (var _ = new TensorScope()) {
            if (lastOutput != null) {
                ratio = distance(output, lastOutput) / inputChange;
            }
            lastInput = kept(input, lastInput);
            lastOutput = kept(output, lastOutput);
            lastSize = size;
        }
    }

    /** A sample of a tensor in place of the last one, which is not used any more. */
    private static Tensor kept(Tensor x, Tensor lastSample) {
        if (lastSample != null) {
            lastSample.close();
        }
        return TensorScope.escape(sample(x).copy());
    }

    private static double distance(Tensor x, Tensor lastSample) {
        return meanSize(sample(x).sub(lastSample));
    }

    static double meanSize(Tensor x) {
        return x.abs().mean().item();
    }

    private static Tensor sample(Tensor x) {
        int dims = x.dim();
        return x.slice(dims - 2, 0, x.size(dims - 2), STRIDE).slice(dims - 1, 0, x.size(dims - 1), STRIDE);
    }
}
