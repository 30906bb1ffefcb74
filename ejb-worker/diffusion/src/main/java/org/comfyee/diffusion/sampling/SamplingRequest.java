package org.comfyee.diffusion.sampling;

import java.util.Optional;
import org.comfyee.torch.Tensor;

/**
 * All that decides a sampled picture.
 *
 * @param sigmas falling, one more than there are steps; of none, the latents stay as they are
 * @param latents what to start from, in the autoencoder's units, {@code [batch, channels, height, width]}
 * @param noise of the shape of the latents
 * @param mask 1 where the picture may change, {@code [batch, height, width]} at any resolution
 * @param seed of noise that is added on the way
 */
public record SamplingRequest(
        Guider guider, SamplingMethod sampler, float[] sigmas, Tensor latents, Tensor noise, Optional<Tensor> mask, long seed) {}
