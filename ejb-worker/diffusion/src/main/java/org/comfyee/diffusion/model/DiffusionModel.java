package org.comfyee.diffusion.model;

import java.util.Optional;
import org.comfyee.diffusion.unet.UNet;
import org.comfyee.torch.Tensor;

/** A diffusion model: its network, what its output means, and its latents. */
public record DiffusionModel(UNet network, ModelSampling sampling, LatentFormat latentFormat) {

    /**
     * Guesses the picture behind the noise under one text for each item of the batch.
     *
     * @param x noisy latents {@code [batch, channels, height, width]}
     * @param text {@code [batch, tokens, channels]}
     */
    public Tensor denoise(Tensor x, float sigma, Tensor text) {
        var timesteps = new float[(int) x.size(0)];
        java.util.Arrays.fill(timesteps, sampling.timestep(sigma));
        var output = network.predict(sampling.networkInput(x, sigma), timesteps, text, Optional.empty());
        return sampling.denoised(output, x, sigma);
    }
}
