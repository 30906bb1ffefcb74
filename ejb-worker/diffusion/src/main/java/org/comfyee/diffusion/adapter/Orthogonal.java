package org.comfyee.diffusion.adapter;

import java.util.Optional;
import java.util.function.UnaryOperator;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.torch.Tensor;

/**
 * A rotation of each group of a weight's rows (Qiu et al. 2023, "Controlling Text-to-Image Diffusion by Orthogonal
 * Finetuning"), in the form of LyCORIS.
 *
 * @param blocks {@code [groups, size, size]}
 * @param rescale factors of the rows after it
 */
record Orthogonal(Parameter blocks, Optional<Parameter> rescale, Magnitude magnitude) implements Adapter {

    @Override
    public Tensor apply(Tensor weight, double strength, UnaryOperator<Tensor> order) {
        var rotation = Rotation.of(blocks.borrow(), magnitude.alpha().orElse(0.0));
        var groups = weight.reshape(rotation.size(0), rotation.size(1), -1);
        var rotated = rotation.transpose(1, 2).matmul(groups).reshape(weight.shape());
        var scaled = rescale.map(each -> rotated.mul(each.borrow())).orElse(rotated);
        return magnitude.apply(weight, scaled.sub(weight), 1, strength, order);
    }
}
