package org.comfyee.diffusion.model;

import org.comfyee.torch.Tensor;

/**
 * Models whose noisy latents are the latents plus noise.
 *
 * @param deviation standard deviation of the data that the network was trained on
 */
public record DiffusionSampling(Prediction prediction, NoiseSchedule schedule, double deviation) implements ModelSampling {
    /** Stable Diffusion 1.x and XL, and what of 2.x predicts noise. */
    public static final DiffusionSampling STABLE_DIFFUSION = new DiffusionSampling(Prediction.NOISE, DiscreteSchedule.STABLE_DIFFUSION);

    /** For data of deviation 1. */
    public DiffusionSampling(Prediction prediction, NoiseSchedule schedule) {
        this(prediction, schedule, 1);
    }

    @Override
    public float[] sigmas() {
        return schedule.sigmas();
    }

    @Override
    public float timestep(float sigma) {
        return schedule.timestep(sigma);
    }

    @Override
    public float sigma(double timestep) {
        return schedule.sigma(timestep);
    }

    @Override
    public double percentToSigma(double percent) {
        return schedule.percentToSigma(percent);
    }

    @Override
    public Tensor networkInput(Tensor x, float sigma) {
        return prediction.networkInput(x, sigma, this);
    }

    @Override
    public Tensor denoised(Tensor output, Tensor x, float sigma) {
        return prediction.denoised(output, x, sigma, this);
    }

    @Override
    public Tensor addNoise(Tensor latents, Tensor noise, float sigma, boolean full) {
        return prediction.addNoise(latents, noise, sigma, full);
    }

    @Override
    public Tensor removeScale(Tensor latents, float sigma) {
        return latents;
    }
}
