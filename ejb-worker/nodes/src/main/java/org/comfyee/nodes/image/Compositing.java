package org.comfyee.nodes.image;

import java.util.Optional;
import org.comfyee.nodes.Batches;
import org.comfyee.nodes.mask.Masks;
import org.comfyee.torch.Tensor;

/** Lays pictures or latents over others. */
public final class Compositing {
    private Compositing() {}

    /**
     * What of the source exceeds the destination is cut off; a shorter batch of sources or masks is repeated.
     *
     * @param destination {@code [batch, channels, height, width]}; stays as it is
     * @param source of as many channels
     * @param left of the source in the destination, in cells of these tensors, not negative
     * @param resizeSource whether the source is stretched to the destination's size first
     * @param mask how much of the source is seen, at any resolution; all of it if there is none
     * @throws IllegalArgumentException if the numbers of channels differ
     */
    public static Tensor over(Tensor destination, Tensor source, long left, long top, boolean resizeSource, Optional<Tensor> mask) {
        if (source.size(1) != destination.size(1)) {
            throw new IllegalArgumentException("the source has " + source.size(1) + " channels, expected " + destination.size(1)
                    + " as the destination has");
        }
        var result = destination.copy();
        var whole = resizeSource ? source.upsampleBilinear(destination.size(2), destination.size(3)) : source;
        var over = Batches.repeatTo(whole, destination.size(0));
        long width = Math.min(over.size(3), destination.size(3) - left);
        long height = Math.min(over.size(2), destination.size(2) - top);
        if (width <= 0 || height <= 0) {
            return result;
        }
        var seen = over.narrow(2, 0, height).narrow(3, 0, width);
        var under = result.narrow(2, top, height).narrow(3, left, width);
        if (mask.isEmpty()) {
            under.copyInPlace(seen);
        } else {
            var share = Batches.repeatTo(Masks.resized(mask.get(), over.size(2), over.size(3)), over.size(0))
                    .narrow(2, 0, height).narrow(3, 0, width);
            under.copyInPlace(seen.mul(share).add(under.mul(Masks.inverted(share))));
        }
        return result;
    }
}
