package org.comfyee.diffusion.layers;

import java.util.function.UnaryOperator;
import org.comfyee.torch.Tensor;

/** Two linear layers with an activation between them. */
public record FeedForward(Linear in, UnaryOperator<Tensor> activation, Linear out) {
    /**
     * @param x {@code [..., in]}
     * @return {@code [..., out]}
     */
    public Tensor apply(Tensor x) {
        return out.apply(activation.apply(in.apply(x)));
    }
}
