package org.comfyee.diffusion.sampling;

import org.comfyee.torch.Tensor;

/**
 * Keeps the latents as they were where a mask is 0.
 *
 * @param latents in the model's units
 * @param mask 1 where the picture changes, of the shape of the latents
 */
record MaskedDenoiser(Denoiser inner, ModelRun run, Tensor latents, Tensor noise, Tensor mask) implements Denoiser {

    @Override
    public Guess guess(Tensor x, float sigma) {
        var changed = run.mask(sigma, mask);
        var kept = changed.neg().add(1);
        var mixed = x.mul(changed).add(run.model().sampling().addNoise(latents, noise, sigma, false).mul(kept));
        var guess = inner.guess(mixed, sigma);
        return new Guess(guess.denoised().mul(changed).add(latents.mul(kept)), guess.unconditional());
    }
}
