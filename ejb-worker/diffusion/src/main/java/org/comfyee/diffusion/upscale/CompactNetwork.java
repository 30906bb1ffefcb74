package org.comfyee.diffusion.upscale;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.Conv2d;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** The compact model of Real-ESRGAN: convolutions at the size of the input, whose result is added to the picture with larger pixels. */
final class CompactNetwork implements UpscaleNetwork {
    private record Layer(Conv2d convolution, Optional<Parameter> slopes) {
        Tensor apply(Tensor x) {
            var h = convolution.apply(x);
            return slopes.map(each -> rectified(h, each.get().reshape(1, -1, 1, 1))).orElse(h);
        }

        private static Tensor rectified(Tensor h, Tensor slopes) {
            return h.relu().sub(h.neg().relu().mul(slopes));
        }
    }

    private final List<Layer> layers;
    private final int scale;

    CompactNetwork(Weights weights) {
        int count = weights.count("body");
        layers = IntStream.iterate(0, i -> i < count, i -> i + 2)
                .mapToObj(i -> new Layer(Conv2d.of(weights.at("body." + i)), weights.find("body." + (i + 1) + ".weight")))
                .toList();
        long out = weights.size("body." + (count - 1) + ".weight", 0);
        scale = (int) Math.sqrt(out / 3.0);
        if (count % 2 == 0 || out != 3L * scale * scale) {
            throw new IllegalArgumentException("the model ends in " + out + " channels, expected 3 times a square");
        }
    }

    @Override
    public int scale() {
        return scale;
    }

    @Override
    public Tensor apply(Tensor pixels) {
        try (var scope = new TensorScope()) {
            var h = pixels.channelsLast();
            for (var layer : layers) {
                h = layer.apply(h);
            }
            var larger = pixels.upsampleNearest(pixels.size(2) * scale, pixels.size(3) * scale);
            return scope.keep(h.contiguous().pixelShuffle(scale).add(larger));
        }
    }
}
