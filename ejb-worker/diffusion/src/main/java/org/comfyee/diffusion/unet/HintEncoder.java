package org.comfyee.diffusion.unet;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.Conv2d;
import org.comfyee.torch.Tensor;

/** Convolutions that bring a picture to the size of the latents; three of them halve it. */
public record HintEncoder(List<Conv2d> convolutions) {

    /** The eight of the first ControlNets (Zhang et al. 2023) and of most since. */
    public static HintEncoder of(Weights weights) {
        return of(weights, 8, Set.of(2, 4, 6));
    }

    /** @param halving the numbers of those that halve the picture, from 0 */
    public static HintEncoder of(Weights weights, int count, Set<Integer> halving) {
        // Activations have the odd numbers.
        return new HintEncoder(IntStream.range(0, count).mapToObj(i -> {
            var each = weights.at(Integer.toString(2 * i));
            return halving.contains(i) ? Conv2d.strided(each, 2, 1) : Conv2d.of(each);
        }).toList());
    }

    /** @param picture {@code [batch, channels, height, width]} */
    public Tensor apply(Tensor picture) {
        var h = convolutions.getFirst().apply(picture);
        for (var convolution : convolutions.subList(1, convolutions.size())) {
            h = convolution.apply(h.silu());
        }
        return h;
    }
}
