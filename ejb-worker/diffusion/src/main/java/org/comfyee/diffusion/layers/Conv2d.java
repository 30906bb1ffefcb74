package org.comfyee.diffusion.layers;

import java.util.Optional;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.torch.Tensor;

/** {@code [batch, in, height, width] -> [batch, out, height / stride, width / stride]}. */
public record Conv2d(Parameter weight, Optional<Parameter> bias, int stride, int padding) {

    /** Keeps the size: padding follows from the kernel. */
    public static Conv2d of(Weights weights) {
        return strided(weights, 1, (int) weights.size("weight", 2) / 2);
    }

    /** @param padding zeros on each side */
    public static Conv2d strided(Weights weights, int stride, int padding) {
        return new Conv2d(weights.get("weight"), weights.find("bias"), stride, padding);
    }

    /** @param x {@code [batch, in, height, width]} */
    public Tensor apply(Tensor x) {
        return weight.kernel(stride, padding, x).apply(x, bias.map(Parameter::get).orElse(null));
    }
}
