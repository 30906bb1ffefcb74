package org.comfyee.diffusion.model;

import org.comfyee.torch.Tensor;

/** How the predictions with the wanted and the unwanted text become one. */
@FunctionalInterface
public interface GuidanceRule {
    /** Classifier-free guidance (Ho and Salimans 2022): what the wanted text adds to the unwanted one, amplified. */
    GuidanceRule CLASSIFIER_FREE = step -> step.unwanted().add(step.wanted().sub(step.unwanted()).mul(step.scale()));

    /** @return the guess of the noise-free latents */
    Tensor mix(Step step);

    /**
     * @param x noisy latents {@code [batch, channels, height, width]}
     * @param wanted the guess of the noise-free latents with the wanted text
     * @param unwanted the guess with the unwanted text, zeros if it was not asked for
     * @param scale how much the wanted text counts; 1 leaves the other out
     */
    record Step(Tensor x, float sigma, Tensor wanted, Tensor unwanted, double scale) {}
}
