package org.comfyee.diffusion.layers;

import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.torch.Tensor;

/** Scales the last dimension to a root mean square of 1 (Zhang and Sennrich 2019). */
public record RmsNorm(Parameter weight) {
    private static final double EPS = 1e-6;

    /** @param x {@code [..., channels]} */
    public Tensor apply(Tensor x) {
        return normalized(x, weight.get());
    }

    /** The same with a weight that the caller holds. */
    public static Tensor normalized(Tensor x, Tensor weight) {
        return x.mul(x.square().mean(-1, true).add(EPS).rsqrt()).mul(weight);
    }
}
