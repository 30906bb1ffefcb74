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
            var blocks = IntStream.range(0, weights.count("block")).mapToObj(i -> ResnetBlock.of(weights.at("block." + i), GroupNorm::exact)).toList();
            var up = weights.has("upsample") ? Optional.of(Conv2d.of(weights.at("upsample.conv"))) : Optional.<Conv2d>empty();
            return new Level(blocks, up);
        }

        Tensor apply(Tensor x) {
            try (var scope = new TensorScope()) {
                var h = blocks.getFirst().apply(x);
                for (var block : blocks.subList(1, blocks.size())) {
                    h = h.into(block::apply);
                }
                return scope.keep(up.isPresent() ? h.into(Level::twice).into(up.get()::apply) : h);
            }
        }

        private static Tensor twice(Tensor x) {
            return x.upsampleNearest(x.size(2) * 2, x.size(3) * 2);
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
        middle = Middle.of(weights.at("mid"), GroupNorm::exact);
        levels = IntStream.range(0, weights.count("up")).mapToObj(i -> Level.of(weights.at("up." + i))).toList();
        norm = GroupNorm.exact(weights.at("norm_out"), ResnetBlock.EPS);
        out = Conv2d.of(weights.at("conv_out"));
    }

    Tensor apply(Tensor z) {
        var h = in.apply(z).into(middle::apply);
        for (var level : levels.reversed()) {
            h = h.into(level::apply);
        }
        return h.into(norm::silu).into(out::apply);
    }
}
