package org.comfyee.diffusion.sampling;

import org.comfyee.diffusion.model.ModelSampling;
import org.comfyee.torch.Tensor;

/**
 * Keeps the latents as they were where a mask is 0.
 *
 * @param latents in the model's units
 * @param mask 1 where the picture changes, of the shape of the latents
 */
record MaskedDenoiser(Denoiser inner, ModelSampling sampling, Tensor latents, Tensor noise, Tensor mask) implements Denoiser {

    @Override
    public Guess guess(Tensor x, float sigma) {
        var kept = mask.neg().add(1);
        var mixed = x.mul(mask).add(sampling.addNoise(latents, noise, sigma, false).mul(kept));
        var guess = inner.guess(mixed, sigma);
        return new Guess(guess.denoised().mul(mask).add(latents.mul(kept)), guess.unconditional());
    }
}
