package org.comfyee.diffusion.upscale;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.Conv2d;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** The residual-in-residual dense block of ESRGAN: three dense blocks, of which a fifth is added. */
record ResidualBlock(List<DenseBlock> blocks) {
    private static final double SHARE = 0.2;

    static ResidualBlock of(Weights weights) {
        return new ResidualBlock(IntStream.rangeClosed(1, 3).mapToObj(i -> DenseBlock.of(weights.at("rdb" + i))).toList());
    }

    Tensor apply(Tensor x) {
        try (var scope = new TensorScope()) {
            var h = x;
            for (var block : blocks) {
                h = block.apply(h);
            }
            return scope.keep(x.add(h.mul(SHARE)));
        }
    }

    /**
     * Five convolutions, each of which sees the results of all before it.
     *
     * @param shortcut from the input past two of them, which ESRGAN+ has (Rakotonirina and Rasoanaivo 2020)
     */
    record DenseBlock(List<Conv2d> convolutions, Optional<Conv2d> shortcut) {
        static DenseBlock of(Weights weights) {
            return new DenseBlock(IntStream.rangeClosed(1, 5).mapToObj(i -> Conv2d.of(weights.at("conv" + i))).toList(),
                    weights.has("conv1x1") ? Optional.of(Conv2d.of(weights.at("conv1x1"))) : Optional.empty());
        }

        Tensor apply(Tensor x) {
            try (var scope = new TensorScope()) {
                var seen = new ArrayList<>(List.of(x));
                for (var convolution : convolutions.subList(0, convolutions.size() - 1)) {
                    var h = Leaky.apply(convolution.apply(Tensor.cat(seen, 1)));
                    if (shortcut.isPresent() && seen.size() == 2) {
                        h = h.add(shortcut.get().apply(x));
                    } else if (shortcut.isPresent() && seen.size() == 4) {
                        h = h.add(seen.get(2));
                    }
                    seen.add(h);
                }
                return scope.keep(x.add(convolutions.getLast().apply(Tensor.cat(seen, 1)).mul(SHARE)));
            }
        }
    }
}
