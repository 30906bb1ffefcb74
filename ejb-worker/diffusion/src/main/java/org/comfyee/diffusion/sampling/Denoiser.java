package org.comfyee.diffusion.sampling;

import org.comfyee.torch.Tensor;

/** A model with its conditioning, as a sampler sees it. */
@FunctionalInterface
public interface Denoiser {
    /**
     * Guesses the picture behind the noise.
     *
     * @param x noisy latents {@code [batch, channels, height, width]}
     */
    Guess guess(Tensor x, float sigma);

    /** The guess alone; the sigma is rounded to float32. */
    default Tensor denoise(Tensor x, double sigma) {
        return guess(x, (float) sigma).denoised();
    }

    /**
     * @param denoised the guess, of the shape of the latents
     * @param unconditional the guess without the wanted text; zeros if it was not computed
     */
    record Guess(Tensor denoised, Tensor unconditional) {}
}
