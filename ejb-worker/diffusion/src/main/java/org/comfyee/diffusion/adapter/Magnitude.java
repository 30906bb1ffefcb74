package org.comfyee.diffusion.adapter;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.torch.Tensor;

/**
 * What every product of factors shares: its scale, and the learnt lengths of the changed weight's rows or columns, if there
 * are any (Liu et al. 2024, "DoRA: Weight-Decomposed Low-Rank Adaptation").
 *
 * @param alpha the scale times the rank
 */
record Magnitude(Optional<Double> alpha, Optional<Parameter> lengths) {
    /** The distance from 1 to the next float. */
    private static final double EPS = 1.1920928955078125e-7;

    /** @param rank absent where nothing was factorised, so that there is no scale */
    double scale(Optional<Long> rank) {
        return alpha.isPresent() && rank.isPresent() ? alpha.get() / rank.get() : 1;
    }

    /** @param product unscaled, with as many elements as the weight */
    Tensor apply(Tensor weight, Tensor product, double scale, double strength, UnaryOperator<Tensor> order) {
        var change = order.apply(product.reshape(weight.shape()));
        if (lengths.isEmpty()) {
            return weight.add(change.mul(strength * scale));
        }
        var changed = weight.add(change.mul(scale));
        var wanted = lengths.get().borrow();
        var present = wanted.size(0) == weight.size(0) ? lengths(weight) : lengths(changed.transpose(0, 1)).transpose(0, 1);
        changed = changed.mul(wanted.div(present.add(EPS)));
        return weight.add(changed.sub(weight).mul(strength));
    }

    /** Of each row, with as many dimensions as the weight. */
    private static Tensor lengths(Tensor weight) {
        var shape = new long[weight.dim()];
        Arrays.fill(shape, 1);
        shape[0] = weight.size(0);
        return weight.reshape(weight.size(0), -1).norm2(1, true).reshape(shape);
    }
}
