package org.comfyee.diffusion.sampling;

import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.torch.Tensor;

/** A model and what it is asked for: texts, and how its predictions for them are mixed. */
public interface Guider {
    /** The one that is asked, with its patches. */
    DiffusionModel model();

    /**
     * Makes the texts ready for latents of one shape.
     *
     * @param run the model in this sampling
     * @param latents in the model's units, {@code [batch, channels, height, width]}
     * @param alwaysUnconditional whether the guess without the wanted text is needed even if it does not count
     * @return valid in the current scope
     */
    Denoiser start(ModelRun run, Tensor latents, boolean alwaysUnconditional);

    /** Whether a scale is 1 as far as it matters, so that the unwanted text does not count. */
    static boolean isOne(double scale) {
        return Math.abs(scale - 1) < 1e-9;
    }
}
