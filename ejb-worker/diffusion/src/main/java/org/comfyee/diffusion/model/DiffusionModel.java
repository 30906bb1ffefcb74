package org.comfyee.diffusion.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.comfyee.diffusion.checkpoint.LoadedWeights;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.patch.GuidancePatch;
import org.comfyee.diffusion.patch.ModelPatch;
import org.comfyee.diffusion.patch.NetworkPatch;
import org.comfyee.diffusion.patch.Pass;
import org.comfyee.torch.Memory;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TorchException;

/**
 * A diffusion model: its network, what its output means, and its latents. A value: changes make another model.
 *
 * @param guidance how its predictions are mixed
 * @param patches what else is different from how the network was trained, in the order in which it was added
 */
public record DiffusionModel(
        NetworkSource source, ModelFamily family, ModelSampling sampling, LatentFormat latentFormat, GuidanceRule guidance,
        List<ModelPatch> patches) {
    /** What a pass takes at least for each cell of the latents, in float32. */
    private static final long BYTES_PER_CELL = 42_000;

    /** With classifier-free guidance and without patches. */
    public DiffusionModel(NetworkSource source, ModelFamily family, ModelSampling sampling, LatentFormat latentFormat) {
        this(source, family, sampling, latentFormat, GuidanceRule.CLASSIFIER_FREE, List.of());
    }

    /** The same model, the output of whose network means something else. */
    public DiffusionModel withSampling(ModelSampling newSampling) {
        return new DiffusionModel(source, family, newSampling, latentFormat, guidance, patches);
    }

    /** The same model, whose network is told otherwise of conditionings. */
    public DiffusionModel withFamily(ModelFamily newFamily) {
        return new DiffusionModel(source, newFamily, sampling, latentFormat, guidance, patches);
    }

    /** The same model, which is given latents in other units. */
    public DiffusionModel withLatentFormat(LatentFormat newFormat) {
        return new DiffusionModel(source, family, sampling, newFormat, guidance, patches);
    }

    /** The same model, whose predictions are mixed otherwise; the rule is asked even where the unwanted text does not count. */
    public DiffusionModel withGuidance(GuidanceRule newGuidance) {
        return new DiffusionModel(source, family, sampling, latentFormat, newGuidance, patches);
    }

    /** The same model with patched weights; this one keeps its own. */
    public DiffusionModel withWeights(UnaryOperator<Weights> patch) {
        var patched = source.patched(patch);
        return new DiffusionModel(patched, family.with(patched.weights()), sampling, latentFormat, guidance, patches);
    }

    /**
     * The same model, whose network computes with another type of numbers.
     *
     * @param type empty for the usual one
     */
    public DiffusionModel computing(Optional<ScalarType> type) {
        return new DiffusionModel(source.computing(type), family, sampling, latentFormat, guidance, patches);
    }

    /** The same model with a patch more. */
    public DiffusionModel with(ModelPatch patch) {
        var more = new ArrayList<>(patches);
        more.add(patch);
        return new DiffusionModel(source, family, sampling, latentFormat, guidance, List.copyOf(more));
    }

    /** The same model with a patch more that takes part in its network's passes. */
    public DiffusionModel withNetworkPatch(NetworkPatch patch) {
        return with(ModelPatch.of(patch));
    }

    /** The same model with a patch more that takes part in mixing its predictions. */
    public DiffusionModel withGuidancePatch(GuidancePatch patch) {
        return with(ModelPatch.of(patch));
    }

    /**
     * Guesses the picture behind the noise.
     *
     * @param x noisy latents {@code [batch, channels, height, width]}
     * @param tensors as the family makes them, each for the whole batch
     * @throws TorchException if there is too little memory for it
     */
    public Tensor denoise(Tensor x, float sigma, Map<TensorSlot, Tensor> tensors, Optional<ControlResiduals> control, Pass pass) {
        long bytes = x.size(0) * x.size(2) * x.size(3) * BYTES_PER_CELL;
        var place = source.placement();
        if (place.device().isCpu() && !LoadedWeights.makeRoomToWork(bytes)) {
            throw new TorchException("out of memory: a pass of the network over latents of %dx%d in a batch of %d takes about %d MB, %d MB are free"
                    .formatted(x.size(3), x.size(2), x.size(0), bytes >> 20, Memory.available() >> 20));
        }
        var timesteps = new float[(int) x.size(0)];
        Arrays.fill(timesteps, sampling.timestep(sigma));
        var placed = new EnumMap<TensorSlot, Tensor>(TensorSlot.class);
        tensors.forEach((slot, tensor) -> placed.put(slot, slot.placed(tensor, place)));
        var input = new NetworkInput(place.in(sampling.networkInput(x, sigma)), timesteps, placed,
                control.map(residuals -> residuals.map(place::in)), pass);
        var output = pass.around(input.x(), () -> source.network().predict(input));
        return sampling.denoised(place.out(output), x, sigma);
    }
}
