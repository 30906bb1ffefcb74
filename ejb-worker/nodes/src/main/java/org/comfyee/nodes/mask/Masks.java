package org.comfyee.nodes.mask;

import org.comfyee.torch.Tensor;

/** Masks in the shapes that nodes hand on: {@code [height, width]}, with a batch before, or with a batch and one channel. */
public final class Masks {
    private Masks() {}

    /** {@code [batch, height, width]}. */
    public static Tensor batch(Tensor mask) {
        return mask.reshape(-1, mask.size(-2), mask.size(-1));
    }

    /** {@code [batch, 1, height, width]}. */
    public static Tensor channel(Tensor mask) {
        return mask.reshape(-1, 1, mask.size(-2), mask.size(-1));
    }

    /** {@code [batch, 1, height, width]} in another size. */
    public static Tensor resized(Tensor mask, long height, long width) {
        return channel(mask).upsampleBilinear(height, width);
    }

    /** 1 where the mask is 0; between masks and opacity the same. */
    public static Tensor inverted(Tensor mask) {
        return mask.neg().add(1);
    }
}
