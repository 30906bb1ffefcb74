package org.comfyee.diffusion.adapter;

import java.util.Optional;
import java.util.function.UnaryOperator;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.torch.Tensor;

/**
 * A product of two thin matrices (Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models"), for convolutions
 * also with a small kernel between them (LoCon).
 *
 * @param up {@code [out, rank]}
 * @param down {@code [rank, in]}, for convolutions without kernel between them also with the kernel's size
 * @param middle {@code [rank, rank, height, width]}
 * @param newShape to which the weight is padded with zeros
 */
record LowRank(Parameter up, Parameter down, Optional<Parameter> middle, Magnitude magnitude, Optional<long[]> newShape) implements Adapter {

    @Override
    public Tensor apply(Tensor weight, double strength, UnaryOperator<Tensor> order) {
        var target = newShape.map(shape -> padded(weight, shape)).orElse(weight);
        var product = up.borrow().flatten(1, -1).matmul(downWithMiddle().flatten(1, -1));
        return magnitude.apply(target, product, magnitude.scale(Optional.of(down.shape()[0])), strength, order);
    }

    private Tensor downWithMiddle() {
        var matrix = down.borrow();
        if (middle.isEmpty()) {
            return matrix;
        }
        var kernel = middle.get().borrow();
        return matrix.transpose(0, 1).flatten(1, -1).matmul(kernel.transpose(0, 1).flatten(1, -1))
                .reshape(matrix.size(1), matrix.size(0), kernel.size(2), kernel.size(3))
                .transpose(0, 1);
    }

    private static Tensor padded(Tensor weight, long[] shape) {
        var amounts = new long[2 * shape.length];
        for (int i = 0; i < shape.length; i++) {
            // The last dimension comes first.
            amounts[2 * (shape.length - 1 - i) + 1] = shape[i] - weight.size(i);
        }
        return weight.pad("constant", 0, amounts);
    }
}
