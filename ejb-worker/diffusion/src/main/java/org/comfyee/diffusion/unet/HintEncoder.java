package org.comfyee.diffusion.unet;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.Conv2d;
import org.comfyee.torch.Tensor;

/** Eight convolutions that bring a picture to the size of the latents; three of them halve it. */
public record HintEncoder(List<Conv2d> convolutions) {
    private static final int COUNT = 8;
    private static final Set<Integer> HALVING = Set.of(2, 4, 6);

    public static HintEncoder of(Weights weights) {
        // Activations have the odd numbers.
        return new HintEncoder(IntStream.range(0, COUNT)
                .mapToObj(i -> Conv2d.strided(weights.at(Integer.toString(2 * i)), HALVING.contains(i) ? 2 : 1, 1))
                .toList());
    }

    /** @param picture {@code [batch, channels, height, width]} */
    public Tensor apply(Tensor picture) {
        var h = convolutions.getFirst().apply(picture);
        for (var convolution : convolutions.subList(1, COUNT)) {
            h = convolution.apply(h.silu());
        }
        return h;
    }
}
