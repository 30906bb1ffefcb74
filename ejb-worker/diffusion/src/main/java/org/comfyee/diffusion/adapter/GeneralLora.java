package org.comfyee.diffusion.adapter;

import java.util.Optional;
import java.util.function.UnaryOperator;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.torch.Tensor;

/**
 * A low-rank change that depends on the weight, and one that does not (Chavan et al. 2023, "One-for-All: Generalized LoRA";
 * known as GLoRA). Two orders of the factors are in use; their shapes tell them apart.
 */
record GeneralLora(Parameter a1, Parameter a2, Parameter b1, Parameter b2, Magnitude magnitude) implements Adapter {

    @Override
    public Tensor apply(Tensor weight, double strength, UnaryOperator<Tensor> order) {
        var matrix = weight.flatten(1, -1);
        boolean early = isEarlyForm(weight);
        long rank = (early ? a1 : a2).shape()[0];
        var product = early
                ? value(b2).matmul(value(b1)).add(matrix.matmul(value(a2)).matmul(value(a1)))
                : dependent(weight).add(value(b1).matmul(value(b2)).reshape(weight.shape()));
        return magnitude.apply(weight, product, magnitude.scale(Optional.of(rank)), strength, order);
    }

    /** The inputs of the weight are mixed, at each place of a kernel alike. */
    private Tensor dependent(Tensor weight) {
        if (weight.dim() == 2) {
            return weight.matmul(value(a1)).matmul(value(a2));
        }
        var inputsLast = weight.transpose(1, weight.dim() - 1);
        return inputsLast.matmul(value(a1)).matmul(value(a2)).transpose(1, weight.dim() - 1);
    }

    private boolean isEarlyForm(Tensor weight) {
        long first = a1.shape()[0];
        boolean early = b2.shape()[1] == first && b1.shape()[0] == first && a2.shape()[1] == first;
        long inner = a2.shape()[0];
        boolean late = b2.shape()[0] == inner && b1.shape()[1] == inner && a1.shape()[1] == inner;
        // Where both fit a square weight, the early form is meant.
        boolean undecided = early && late && inner == weight.size(0) && weight.size(0) == weight.size(1);
        return undecided || early && !late;
    }

    private static Tensor value(Parameter parameter) {
        return parameter.borrow().flatten(1, -1);
    }
}
