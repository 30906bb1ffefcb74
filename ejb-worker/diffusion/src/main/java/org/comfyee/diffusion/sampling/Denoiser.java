package org.comfyee.diffusion.sampling;

import org.comfyee.torch.Tensor;

/** A model with its conditioning, as a sampler sees it. */
@FunctionalInterface
public interface Denoiser {
    /**
     * Guesses the picture behind the noise.
     *
     * @param x noisy latents {@code [batch, channels, height, width]}
     * @return the guess, of the same shape
     */
    Tensor denoise(Tensor x, float sigma);
}
