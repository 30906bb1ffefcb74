package org.comfyee.diffusion.adapter;

import java.util.function.UnaryOperator;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.torch.Tensor;

/** A weight that takes another one's place, at any strength. */
record Replacement(Parameter value) implements Adapter {
    @Override
    public Tensor apply(Tensor weight, double strength, UnaryOperator<Tensor> order) {
        return value.borrow().expand(weight.shape()).copy();
    }
}
