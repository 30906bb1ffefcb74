package org.comfyee.diffusion.adapter;

import java.util.Optional;
import java.util.function.UnaryOperator;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.torch.Tensor;

/** The elementwise product of two products of thin matrices (Hyeon-Woo et al. 2021, "FedPara"; known as LoHa). */
record Hadamard(Factors first, Factors second, Magnitude magnitude) implements Adapter {

    /** @param core between the matrices, for kernels of convolutions */
    record Factors(Parameter left, Parameter right, Optional<Parameter> core) {
        Tensor product() {
            return core.map(each -> Tucker.product(each.borrow(), left.borrow(), right.borrow()))
                    .orElseGet(() -> left.borrow().matmul(right.borrow()));
        }
    }

    @Override
    public Tensor apply(Tensor weight, double strength, UnaryOperator<Tensor> order) {
        var product = first.product().mul(second.product());
        return magnitude.apply(weight, product, magnitude.scale(Optional.of(first.right().shape()[0])), strength, order);
    }
}
