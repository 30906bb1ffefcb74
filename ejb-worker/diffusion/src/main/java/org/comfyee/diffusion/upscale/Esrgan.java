package org.comfyee.diffusion.upscale;

import java.util.List;
import java.util.stream.IntStream;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.Conv2d;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * ESRGAN (Wang et al. 2018, "ESRGAN: Enhanced Super-Resolution Generative Adversarial Networks") and Real-ESRGAN (Wang et al.
 * 2021), which works on fewer, deeper pixels where it enlarges less than four times.
 */
final class Esrgan implements UpscaleNetwork {
    private final Conv2d first;
    private final List<ResidualBlock> body;
    private final Conv2d trunk;
    private final List<Conv2d> ups;
    private final Conv2d detail;
    private final Conv2d last;
    /** Into how few pixels the input is folded, in each direction. */
    private final int fold;

    /** @param weights under the names of Real-ESRGAN */
    Esrgan(Weights weights) {
        first = Conv2d.of(weights.at("conv_first"));
        body = IntStream.range(0, weights.count("body")).mapToObj(i -> ResidualBlock.of(weights.at("body." + i))).toList();
        trunk = Conv2d.of(weights.at("conv_body"));
        ups = IntStream.iterate(1, i -> weights.has("conv_up" + i), i -> i + 1).mapToObj(i -> Conv2d.of(weights.at("conv_up" + i))).toList();
        detail = Conv2d.of(weights.at("conv_hr"));
        last = Conv2d.of(weights.at("conv_last"));
        long in = weights.size("conv_first.weight", 1);
        long out = weights.size("conv_last.weight", 0);
        fold = in == out * 4 ? 2 : in == out * 16 ? 4 : 1;
        if (out != 3 || in != out * fold * fold) {
            throw new IllegalArgumentException("the model turns " + in + " channels into " + out + ", expected 3, 12 or 48 into 3");
        }
    }

    @Override
    public int scale() {
        return (1 << ups.size()) / fold;
    }

    @Override
    public Tensor apply(Tensor pixels) {
        try (var scope = new TensorScope()) {
            var features = first.apply(folded(pixels).channelsLast());
            var h = features;
            for (var block : body) {
                h = block.apply(h);
            }
            h = features.add(trunk.apply(h));
            for (var up : ups) {
                h = Leaky.apply(up.apply(h.upsampleNearest(h.size(2) * 2, h.size(3) * 2)));
            }
            var out = last.apply(Leaky.apply(detail.apply(h)));
            return scope.keep(out.narrow(2, 0, pixels.size(2) * scale()).narrow(3, 0, pixels.size(3) * scale()).contiguous());
        }
    }

    private Tensor folded(Tensor pixels) {
        if (fold == 1) {
            return pixels;
        }
        long right = Math.floorMod(-pixels.size(3), fold);
        long bottom = Math.floorMod(-pixels.size(2), fold);
        return pixels.pad("reflect", 0, 0, right, 0, bottom).pixelUnshuffle(fold);
    }
}
