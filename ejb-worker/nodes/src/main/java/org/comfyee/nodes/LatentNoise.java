package org.comfyee.nodes;

import org.comfyee.diffusion.sampling.Noise;
import org.comfyee.torch.Tensor;

/**
 * Noise for latents that are not known yet.
 *
 * @param seed of this noise and of what samplers add on the way
 * @param random whether there is any noise at the start
 */
public record LatentNoise(long seed, boolean random) {
    public static final LatentNoise NONE = new LatentNoise(0, false);

    /** Noise of the shape of the latents. */
    public Tensor generate(Latent latent) {
        var samples = latent.samples();
        return random ? Noise.prepare(seed, latent.batchIndex(), samples.shape()) : Tensor.zeros(samples.dtype(), samples.shape());
    }
}
