package org.comfyee.diffusion.layers;

import java.util.Optional;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.torch.Tensor;

/** {@code [..., in] -> [..., out]}. */
public record Linear(Parameter weight, Optional<Parameter> bias) {

    public static Linear of(Weights weights) {
        return new Linear(weights.get("weight"), weights.find("bias"));
    }

    /**
     * @param x {@code [..., in]}
     * @return {@code [..., out]}
     */
    public Tensor apply(Tensor x) {
        return x.linear(weight.get(), bias.map(Parameter::get).orElse(null));
    }

    /** Some of the outputs, side by side in memory. */
    public Tensor outputs(Tensor x, long first, long count) {
        return x.linear(weight.get().narrow(0, first, count), bias.map(all -> all.get().narrow(0, first, count)).orElse(null));
    }
}
