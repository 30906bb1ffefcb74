package org.comfyee.diffusion.sampling;

import org.comfyee.torch.Tensor;

/** Makes latents {@code [batch, channels, height, width]} larger or smaller. */
@FunctionalInterface
public interface Resizing {
    /** @param width in cells of the latents, as is height */
    Tensor resize(Tensor latents, int width, int height);
}
