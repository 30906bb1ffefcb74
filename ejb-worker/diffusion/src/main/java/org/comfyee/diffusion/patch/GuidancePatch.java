package org.comfyee.diffusion.patch;

import java.util.List;
import java.util.function.Supplier;
import org.comfyee.torch.Tensor;

/** Takes part in making one guess of several predictions, at the places whose methods it overrides. */
public interface GuidancePatch {

    /**
     * Takes the place of a whole guess.
     *
     * @param x noisy latents {@code [batch, channels, height, width]}
     * @param guess asks for all predictions and mixes them
     * @return of the shape of x
     */
    default Tensor around(Tensor x, float sigma, Supplier<Tensor> guess) {
        return guess.get();
    }

    /** Whether the prediction for the unwanted text is needed even where it does not count. */
    default boolean needsUnwanted() {
        return false;
    }

    /** Patches of the network for the prediction for the unwanted text alone. */
    default List<NetworkPatch> onlyForUnwanted(float sigma) {
        return List.of();
    }

    /** Before the predictions are mixed. */
    default GuidanceStep before(GuidanceStep step) {
        return step;
    }

    /**
     * After they were mixed.
     *
     * @param guided the guess so far, of the shape of the latents
     */
    default Tensor after(GuidanceStep step, Tensor guided) {
        return guided;
    }

    /** @param mask 1 where the picture may change, of the shape of the latents */
    default Tensor mask(float sigma, Tensor mask) {
        return mask;
    }
}
