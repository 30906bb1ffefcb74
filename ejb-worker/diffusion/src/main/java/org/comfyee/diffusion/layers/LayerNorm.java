package org.comfyee.diffusion.layers;

import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.torch.Tensor;

/** Normalises the last dimension. */
public record LayerNorm(Parameter weight, Parameter bias) {
    private static final double EPS = 1e-5;

    public static LayerNorm of(Weights weights) {
        return new LayerNorm(weights.get("weight"), weights.get("bias"));
    }

    /** @param x {@code [..., channels]} */
    public Tensor apply(Tensor x) {
        return x.layerNorm(weight.get(), bias.get(), EPS);
    }
}
