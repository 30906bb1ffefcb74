package org.comfyee.diffusion.unet;

import java.util.Optional;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.Conv2d;
import org.comfyee.diffusion.layers.GroupNorm;
import org.comfyee.diffusion.layers.Linear;
import org.comfyee.torch.Tensor;

/** Two convolutions with the timestep added between them, around a skip connection. */
record ResidualBlock(GroupNorm norm1, Conv2d conv1, Linear embed, GroupNorm norm2, Conv2d conv2, Optional<Conv2d> skip) {
    private static final double EPS = 1e-5;

    static ResidualBlock of(Weights weights) {
        return new ResidualBlock(
                GroupNorm.of(weights.at("in_layers.0"), EPS), Conv2d.of(weights.at("in_layers.2")),
                Linear.of(weights.at("emb_layers.1")),
                GroupNorm.of(weights.at("out_layers.0"), EPS), Conv2d.of(weights.at("out_layers.3")),
                weights.has("skip_connection") ? Optional.of(Conv2d.of(weights.at("skip_connection"))) : Optional.empty());
    }

    /** @param embedding {@code [batch, 4 * model channels]}, already through SiLU */
    Tensor apply(Tensor x, Tensor embedding) {
        var h = conv1.apply(norm1.silu(x));
        h = h.add(embed.apply(embedding).unsqueeze(-1).unsqueeze(-1));
        h = conv2.apply(norm2.silu(h));
        return skip.map(conv -> conv.apply(x)).orElse(x).add(h);
    }
}
