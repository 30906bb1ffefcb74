package org.comfyee.diffusion.vae;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.Conv2d;
import org.comfyee.diffusion.layers.GroupNorm;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * Pictures to the moments of latents. ComfyUI's pictures lie there with the channels of a pixel side by side, other than latents that it
 * decodes, and of plain ones that shows in the latents: this does as it does.
 */
final class Encoder {
    private record Level(List<ResnetBlock> blocks, Optional<Conv2d> down) {
        static Level of(Weights weights) {
            var blocks = IntStream.range(0, weights.count("block")).mapToObj(i -> ResnetBlock.of(weights.at("block." + i), GroupNorm::halved)).toList();
            var down = weights.has("downsample")
                    ? Optional.of(Conv2d.strided(weights.at("downsample.conv"), 2, 0))
                    : Optional.<Conv2d>empty();
            return new Level(blocks, down);
        }

        Tensor apply(Tensor x) {
            try (var scope = new TensorScope()) {
                var h = blocks.getFirst().apply(x);
                for (var block : blocks.subList(1, blocks.size())) {
                    h = h.into(block::apply);
                }
                // The kernel looks one pixel beyond the right and the lower edge only.
                return scope.keep(down.isPresent() ? down.get().apply(h.pad("constant", 0, 0, 1, 0, 1)) : h);
            }
        }
    }

    private final Conv2d in;
    private final List<Level> levels;
    private final Middle middle;
    private final GroupNorm norm;
    private final Conv2d out;

    Encoder(Weights weights) {
        in = Conv2d.of(weights.at("conv_in"));
        levels = IntStream.range(0, weights.count("down")).mapToObj(i -> Level.of(weights.at("down." + i))).toList();
        middle = Middle.of(weights.at("mid"), GroupNorm::halved);
        norm = GroupNorm.halved(weights.at("norm_out"), ResnetBlock.EPS);
        out = Conv2d.of(weights.at("conv_out"));
    }

    int scale() {
        return 1 << levels.stream().filter(level -> level.down().isPresent()).count();
    }

    Tensor apply(Tensor x) {
        var h = in.apply(x);
        for (var level : levels) {
            h = h.into(level::apply);
        }
        return h.into(middle::apply).into(norm::silu).into(out::apply);
    }
}
