package org.comfyee.nodes;

import org.comfyee.torch.Tensor;

/** Something that is done to latents, or to a difference of latents. */
@FunctionalInterface
public interface LatentOperation {
    /**
     * @param latents {@code [batch, channels, height, width]}
     * @return of the same shape
     */
    Tensor apply(Tensor latents);
}
