package org.comfyee.diffusion.sampling;

import org.comfyee.torch.Tensor;

/**
 * What a sampler works with.
 *
 * @param start noisy latents
 * @param sigmas falling, one more than there are steps
 */
record SamplerRun(Denoiser model, Tensor start, float[] sigmas, NoiseSampler noise, StepListener listener) {

    int steps() {
        return sigmas.length - 1;
    }

    /** Evaluates the model at a step and reports its guess. */
    Tensor denoise(int step, Tensor x) {
        var denoised = model.denoise(x, sigmas[step]);
        listener.stepped(step, steps(), denoised);
        return denoised;
    }
}
