package org.comfyee.diffusion.sampling;

import java.util.List;
import java.util.Optional;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.torch.Tensor;

/**
 * All that decides a sampled picture.
 *
 * @param latents what to start from, in the autoencoder's units, {@code [batch, channels, height, width]}
 * @param denoise share of the schedule that is run, 0 to 1
 * @param mask 1 where the picture may change, {@code [batch, height, width]} at any resolution
 * @param batchIndex see {@link Noise#prepare}
 */
public record SamplingRequest(
        DiffusionModel model,
        long seed,
        int steps,
        double cfg,
        Sampler sampler,
        Scheduler scheduler,
        Conditioning positive,
        Conditioning negative,
        Tensor latents,
        double denoise,
        Optional<Tensor> mask,
        Optional<List<Integer>> batchIndex) {}
