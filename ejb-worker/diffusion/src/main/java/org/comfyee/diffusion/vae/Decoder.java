package org.comfyee.diffusion.vae;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.Conv2d;
import org.comfyee.diffusion.layers.GroupNorm;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** Latents to pictures, -1 to 1. */
final class Decoder {
    private record Level(List<ResnetBlock> blocks, Optional<Conv2d> up) {
        static Level of(Weights weights) {
            var blocks = IntStream.range(0, weights.count("block")).mapToObj(i -> ResnetBlock.of(weights.at("block." + i))).toList();
            var up = weights.has("upsample") ? Optional.of(Conv2d.of(weights.at("upsample.conv"))) : Optional.<Conv2d>empty();
            return new Level(blocks, up);
        }

        Tensor apply(Tensor x) {
            try (var scope = new TensorScope()) {
                var h = x;
                for (var block : blocks) {
                    h = block.apply(h);
                }
                return scope.keep(up.isPresent() ? up.get().apply(h.upsampleNearest(h.size(2) * 2, h.size(3) * 2)) : h);
            }
        }
    }

    private final Conv2d in;
    private final Middle middle;
    /** Applied from the last, which has the lowest resolution, to the first. */
    private final List<Level> levels;
    private final GroupNorm norm;
    private final Conv2d out;

    Decoder(Weights weights) {
        in = Conv2d.of(weights.at("conv_in"));
        middle = Middle.of(weights.at("mid"));
        levels = IntStream.range(0, weights.count("up")).mapToObj(i -> Level.of(weights.at("up." + i))).toList();
        norm = GroupNorm.of(weights.at("norm_out"), ResnetBlock.EPS);
        out = Conv2d.of(weights.at("conv_out"));
    }

    Tensor apply(Tensor z) {
        var h = middle.apply(in.apply(z));
        for (var level : levels.reversed()) {
            try (var scope = new TensorScope()) {
                h = scope.keep(level.apply(h));
            }
        }
        return out.apply(norm.silu(h));
    }
}
