package org.comfyee.diffusion.model;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.torch.Tensor;

/**
 * A diffusion model: its network, what its output means, and its latents. A value: changes make another model.
 *
 * @param guidance how its predictions are mixed
 */
public record DiffusionModel(
        NetworkSource source, ModelFamily family, ModelSampling sampling, LatentFormat latentFormat, GuidanceRule guidance) {

    public DiffusionModel(NetworkSource source, ModelFamily family, ModelSampling sampling, LatentFormat latentFormat) {
        this(source, family, sampling, latentFormat, GuidanceRule.CLASSIFIER_FREE);
    }

    public DiffusionModel withSampling(ModelSampling newSampling) {
        return new DiffusionModel(source, family, newSampling, latentFormat, guidance);
    }

    public DiffusionModel withGuidance(GuidanceRule newGuidance) {
        return new DiffusionModel(source, family, sampling, latentFormat, newGuidance);
    }

    /** The same model with patched weights; this one keeps its own. */
    public DiffusionModel withWeights(UnaryOperator<Weights> patch) {
        return new DiffusionModel(source.patched(patch), family, sampling, latentFormat, guidance);
    }

    /**
     * Guesses the picture behind the noise.
     *
     * @param x noisy latents {@code [batch, channels, height, width]}
     * @param tensors as the family makes them, each for the whole batch
     */
    public Tensor denoise(Tensor x, float sigma, Map<TensorSlot, Tensor> tensors, Optional<ControlResiduals> control) {
        var timesteps = new float[(int) x.size(0)];
        Arrays.fill(timesteps, sampling.timestep(sigma));
        var output = source.network().predict(new NetworkInput(sampling.networkInput(x, sigma), timesteps, tensors, control));
        return sampling.denoised(output, x, sigma);
    }
}
