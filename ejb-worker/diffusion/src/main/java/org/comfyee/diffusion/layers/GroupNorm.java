package org.comfyee.diffusion.layers;

import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.torch.Tensor;

/** Normalises 32 groups of channels of {@code [batch, channels, height, width]}. */
public record GroupNorm(Parameter weight, Parameter bias, double eps) {
    private static final int GROUPS = 32;

    public static GroupNorm of(Weights weights, double eps) {
        return new GroupNorm(weights.get("weight"), weights.get("bias"), eps);
    }

    /** Followed by SiLU. */
    public Tensor silu(Tensor x) {
        var h = apply(x);
        h.siluInPlace();
        return h;
    }

    public Tensor apply(Tensor x) {
        return x.groupNorm(GROUPS, weight.get(), bias.get(), eps);
    }
}
