package org.comfyee.diffusion.sampling;

import org.comfyee.torch.Generator;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;

/** Fresh noise for samplers that add some at each step. */
@FunctionalInterface
public interface NoiseSampler {
    /** Noise for the way from one sigma to the next. */
    Tensor next(float sigma, float sigmaNext);

    /** Independent normal noise of a shape. */
    static NoiseSampler normal(Generator generator, long... shape) {
        return (_, _) -> Tensor.randn(generator, ScalarType.FLOAT32, shape);
    }
}
