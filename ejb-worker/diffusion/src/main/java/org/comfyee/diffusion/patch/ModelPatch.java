package org.comfyee.diffusion.patch;

import java.util.Optional;
import java.util.function.Supplier;
import org.comfyee.diffusion.model.ModelSampling;
import org.comfyee.torch.Generator;

/**
 * A change to how a model runs that its weights know nothing of. A value; what it must remember from step to step lives in the
 * hooks that it gives each sampling.
 */
@FunctionalInterface
public interface ModelPatch {
    /** Hooks for one sampling. */
    Hooks start(Run run);

    /**
     * The sampling that begins.
     *
     * @param sigmas falling
     * @param random numbers for choices of chance, going on where the noise of the same seed ended
     */
    record Run(ModelSampling sampling, float[] sigmas, Supplier<Generator> random) {}

    /** Where a patch takes part. */
    record Hooks(Optional<NetworkPatch> network, Optional<GuidancePatch> guidance) {
        public static Hooks of(NetworkPatch patch) {
            return new Hooks(Optional.of(patch), Optional.empty());
        }

        public static Hooks of(GuidancePatch patch) {
            return new Hooks(Optional.empty(), Optional.of(patch));
        }
    }

    /** A patch that remembers nothing. */
    static ModelPatch of(NetworkPatch network) {
        var hooks = Hooks.of(network);
        return _ -> hooks;
    }

    /** A patch that remembers nothing. */
    static ModelPatch of(GuidancePatch guidance) {
        var hooks = Hooks.of(guidance);
        return _ -> hooks;
    }
}
