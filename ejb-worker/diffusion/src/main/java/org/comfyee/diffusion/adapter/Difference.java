package org.comfyee.diffusion.adapter;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.torch.Tensor;

/** A change that is stored as it is. */
record Difference(Parameter value) implements Adapter {
    @Override
    public Tensor apply(Tensor weight, double strength, UnaryOperator<Tensor> order) {
        if (!Arrays.equals(weight.shape(), value.shape())) {
            throw new IllegalArgumentException("the difference has the shape " + Arrays.toString(value.shape()));
        }
        return weight.add(order.apply(value.borrow()).mul(strength));
    }
}
