package org.comfyee.diffusion.upscale;

import org.comfyee.torch.Tensor;

/** The rectifier that lets a fifth of what is negative pass. */
final class Leaky {
    private static final double SLOPE = 0.2;

    private Leaky() {}

    static Tensor apply(Tensor x) {
        return x.maximum(x.mul(SLOPE));
    }
}
