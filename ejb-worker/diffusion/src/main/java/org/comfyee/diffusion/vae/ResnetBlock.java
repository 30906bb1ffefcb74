package org.comfyee.diffusion.vae;

import java.util.Optional;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.Conv2d;
import org.comfyee.diffusion.layers.GroupNorm;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** Two convolutions around a skip connection. */
record ResnetBlock(GroupNorm norm1, Conv2d conv1, GroupNorm norm2, Conv2d conv2, Optional<Conv2d> shortcut) {
    static final double EPS = 1e-6;

    /** The kind of normalisation. */
    @FunctionalInterface
    interface Norms {
        GroupNorm of(Weights weights, double eps);
    }

    static ResnetBlock of(Weights weights, Norms norms) {
        return new ResnetBlock(norms.of(weights.at("norm1"), EPS), Conv2d.of(weights.at("conv1")),
                norms.of(weights.at("norm2"), EPS), Conv2d.of(weights.at("conv2")),
                weights.has("nin_shortcut") ? Optional.of(Conv2d.of(weights.at("nin_shortcut"))) : Optional.empty());
    }

    Tensor apply(Tensor x) {
        try (var scope = new TensorScope()) {
            var h = norm1.silu(x).into(conv1::apply).into(norm2::silu).into(conv2::apply);
            return scope.keep(shortcut.map(conv -> conv.apply(x)).orElse(x).add(h));
        }
    }
}
