package org.comfyee.diffusion.layers;

import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * Normalises 32 groups of channels of {@code [batch, channels, height, width]}.
 *
 * @param planes whether each channel is laid out by itself before. Where the channels of a pixel lie side by side, libtorch takes the
 *     variance for the difference of the mean square and the squared mean, which leaves few digits of those of plain pictures.
 */
public record GroupNorm(Parameter weight, Parameter bias, double eps, boolean planes) {
    private static final int GROUPS = 32;

    public static GroupNorm of(Weights weights, double eps) {
        return new GroupNorm(weights.get("weight"), weights.get("bias"), eps, false);
    }

    /** One that is as exact for channels that hardly vary. */
    public static GroupNorm exact(Weights weights, double eps) {
        return new GroupNorm(weights.get("weight"), weights.get("bias"), eps, true);
    }

    /** Followed by SiLU. */
    public Tensor silu(Tensor x) {
        var h = apply(x);
        h.siluInPlace();
        return h;
    }

    public Tensor apply(Tensor x) {
        try (var scope = new TensorScope()) {
            return scope.keep((planes ? x.contiguous() : x).groupNorm(GROUPS, weight.get(), bias.get(), eps));
        }
    }
}
