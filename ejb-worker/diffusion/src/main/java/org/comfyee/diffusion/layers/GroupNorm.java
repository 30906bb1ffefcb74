package org.comfyee.diffusion.layers;

import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;

/**
 * Normalises 32 groups of channels of {@code [batch, channels, height, width]}.
 *
 * @param sums how mean and variance are computed
 */
public record GroupNorm(Parameter weight, Parameter bias, double eps, Sums sums) {
    private static final int GROUPS = 32;
    private static final int HALVES = 2;

    /**
     * Where the channels of a pixel lie side by side, libtorch takes the variance for the difference of the mean square and the squared
     * mean, which leaves few digits of those of plain pictures. What is left depends on the number of threads that share the sums.
     */
    public enum Sums {
        /** As the channels lie. */
        FAST,
        /** Each channel laid out by itself before. */
        EXACT,
        /** On the CPU as the channels lie, in two halves on any machine; elsewhere exact, as libtorch is there. */
        HALVED
    }

    /** @param eps added to the variance */
    public static GroupNorm of(Weights weights, double eps) {
        return of(weights, eps, Sums.FAST);
    }

    /** One that is as exact for channels that hardly vary. */
    public static GroupNorm exact(Weights weights, double eps) {
        return of(weights, eps, Sums.EXACT);
    }

    /** One for pixels whose channels lie side by side, that is as inexact as ComfyUI with two threads. */
    public static GroupNorm halved(Weights weights, double eps) {
        return of(weights, eps, Sums.HALVED);
    }

    private static GroupNorm of(Weights weights, double eps, Sums sums) {
        return new GroupNorm(weights.get("weight"), weights.get("bias"), eps, sums);
    }

    /** Followed by SiLU. */
    public Tensor silu(Tensor x) {
        var h = apply(x);
        h.siluInPlace();
        return h;
    }

    /** @param x {@code [batch, channels, height, width]}, whose shape the result has */
    public Tensor apply(Tensor x) {
        try (var scope = new TensorScope()) {
            return scope.keep(switch (sums) {
                case FAST -> normalised(x);
                case EXACT -> normalised(x.contiguous());
                case HALVED -> x.device().isCpu() ? Torch.withThreads(HALVES, () -> normalised(x)) : normalised(x.contiguous());
            });
        }
    }

    private Tensor normalised(Tensor x) {
        return x.groupNorm(GROUPS, weight.get(), bias.get(), eps);
    }
}
