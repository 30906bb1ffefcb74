package org.comfyee.diffusion.adapter;

import java.util.Optional;
import java.util.function.UnaryOperator;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.torch.Tensor;

/**
 * Rotations of groups of a weight's rows, one after another, between which the rows are dealt out anew like the wires of a
 * fast Fourier transform (Liu et al. 2023, "Parameter-Efficient Orthogonal Finetuning via Butterfly Factorization"), in the
 * form of LyCORIS.
 *
 * @param blocks {@code [factors, groups, size, size]}
 * @param rescale factors of the rows after it
 */
record Butterfly(Parameter blocks, Optional<Parameter> rescale, Magnitude magnitude) implements Adapter {

    @Override
    public Tensor apply(Tensor weight, double strength, UnaryOperator<Tensor> order) {
        var rotations = Rotation.of(blocks.borrow(), magnitude.alpha().orElse(0.0));
        long size = rotations.size(2);
        long half = size / 2;
        var rows = weight.reshape(weight.size(0), -1);
        for (int i = 0; i < rotations.size(0); i++) {
            long stride = half << i;
            var dealt = swapped(rows, 2, stride).reshape(-1, size, rows.size(1));
            rows = swapped(rotations.select(0, i).matmul(dealt).reshape(rows.shape()), stride, 2);
        }
        var rotated = rows.reshape(weight.shape());
        var scaled = rescale.map(each -> rotated.mul(each.borrow())).orElse(rotated);
        return magnitude.apply(weight, scaled.sub(weight), 1, strength, order);
    }

    /** Rows seen as {@code [rest, outer, inner]}, with the last two exchanged. */
    private static Tensor swapped(Tensor rows, long outer, long inner) {
        return rows.reshape(-1, outer, inner, rows.size(1)).transpose(1, 2).reshape(rows.shape());
    }
}
