package org.comfyee.diffusion.model;

import org.comfyee.diffusion.patch.GuidanceStep;
import org.comfyee.torch.Tensor;

/** How the predictions with the wanted and the unwanted text become one. */
@FunctionalInterface
public interface GuidanceRule {
    /** Classifier-free guidance (Ho and Salimans 2022): what the wanted text adds to the unwanted one, amplified. */
    GuidanceRule CLASSIFIER_FREE = step -> step.unwanted().add(step.wanted().sub(step.unwanted()).mul(step.scale()));

    /** @return the guess of the noise-free latents */
    Tensor mix(GuidanceStep step);
}
