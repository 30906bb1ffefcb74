package org.comfyee.diffusion.sampling;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.comfyee.diffusion.hook.HookedModels;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.GuidanceRule;
import org.comfyee.diffusion.patch.GuidancePatch;
import org.comfyee.diffusion.patch.GuidanceStep;
import org.comfyee.diffusion.patch.ModelPatch;
import org.comfyee.diffusion.patch.NetworkPatch;
import org.comfyee.torch.Tensor;

/**
 * A model in one sampling.
 *
 * @param hooked the model with the weights that hooks of conditionings ask for
 * @param network patches that take part in the passes of its network
 * @param guidance patches that take part in mixing its predictions
 * @param seed of the sampling
 * @param changing 1 where the picture may change, of the shape of the latents
 */
public record ModelRun(
        DiffusionModel model, HookedModels hooked, List<NetworkPatch> network, List<GuidancePatch> guidance, long seed, Optional<Tensor> changing) {

    static ModelRun start(DiffusionModel model, HookedModels hooked, ModelPatch.Run run, long seed, Optional<Tensor> changing) {
        var hooks = model.patches().stream().map(patch -> patch.start(run)).toList();
        return new ModelRun(model, hooked, hooks.stream().map(ModelPatch.Hooks::network).flatMap(Optional::stream).toList(),
                hooks.stream().map(ModelPatch.Hooks::guidance).flatMap(Optional::stream).toList(), seed, changing);
    }

    /** Whether a patch needs the prediction for the unwanted text even where it does not count. */
    boolean needsUnwanted() {
        return guidance.stream().anyMatch(GuidancePatch::needsUnwanted);
    }

    /** Patches of the network for the prediction for the unwanted text alone. */
    List<NetworkPatch> onlyForUnwanted(float sigma) {
        return guidance.isEmpty() ? List.of() : guidance.stream().flatMap(patch -> patch.onlyForUnwanted(sigma).stream()).toList();
    }

    /** A guess, or what patches put in its place. */
    Tensor around(Tensor x, float sigma, Supplier<Tensor> guess) {
        for (var patch : guidance) {
            var inner = guess;
            guess = () -> patch.around(x, sigma, inner);
        }
        return guess.get();
    }

    /** The predictions as they are to be mixed. */
    GuidanceStep prepared(GuidanceStep step) {
        for (var patch : guidance) {
            step = patch.before(step);
        }
        return step;
    }

    /** Mixes predictions. */
    Tensor mixed(GuidanceStep step) {
        boolean trivial = !step.asksUnwanted() && model.guidance() == GuidanceRule.CLASSIFIER_FREE;
        return finished(step, trivial ? step.wanted() : model.guidance().mix(step));
    }

    /** What becomes of predictions that were mixed. */
    Tensor finished(GuidanceStep step, Tensor guided) {
        for (var patch : guidance) {
            guided = patch.after(step, guided);
        }
        return guided;
    }

    Tensor mask(float sigma, Tensor mask) {
        for (var patch : guidance) {
            mask = patch.mask(sigma, mask);
        }
        return mask;
    }
}
