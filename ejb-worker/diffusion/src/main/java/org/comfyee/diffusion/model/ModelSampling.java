package org.comfyee.diffusion.model;

import org.comfyee.torch.Tensor;

/** How noise is measured and mixed for a model, and what its output means. Sigmas are float32 values. */
public interface ModelSampling {
    /** All sigmas the model was trained on, rising. */
    float[] sigmas();

    /** The least above 0 that the model was trained on. */
    default float sigmaMin() {
        return sigmas()[0];
    }

    /** The largest. */
    default float sigmaMax() {
        return sigmas()[sigmas().length - 1];
    }

    /** Whether noise takes the place of the picture, rather than being added to it. */
    default boolean isFlow() {
        return false;
    }

    /** The picture's share in noisy latents. */
    default double signal(double sigma) {
        return isFlow() ? 1 - sigma : 1;
    }

    /** The logarithm of signal over noise. */
    default double halfLogSnr(double sigma) {
        return isFlow() ? Math.log((1 - sigma) / sigma) : -Math.log(sigma);
    }

    /** The sigma of a {@link #halfLogSnr}. */
    default double sigmaOfSnr(double halfLogSnr) {
        return isFlow() ? 1 / (1 + Math.exp(halfLogSnr)) : Math.exp(-halfLogSnr);
    }

    /** What the network is told in place of a sigma. */
    float timestep(float sigma);

    /** The sigma that the network is told so, between those of whole timesteps an intermediate one. */
    float sigma(double timestep);

    /** The sigma at a share of the way from pure noise (0) to the picture (1). */
    double percentToSigma(double percent);

    /** The latents as the network wants them. */
    Tensor networkInput(Tensor x, float sigma);

    /** The noise-free latents that an output of the network stands for. */
    Tensor denoised(Tensor output, Tensor x, float sigma);

    /** @param full whether the latents drown in the noise, as at the very start */
    Tensor addNoise(Tensor latents, Tensor noise, float sigma, boolean full);

    /** Undoes what {@link #addNoise} did to the latents' scale. */
    Tensor removeScale(Tensor latents, float sigma);
}
