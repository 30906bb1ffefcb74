package org.comfyee.diffusion.model;

import org.comfyee.torch.Tensor;

/**
 * Models that predict velocity, a mix of noise and picture (Salimans and Ho 2022, "Progressive Distillation for Fast
 * Sampling of Diffusion Models", appendix D), on the schedule of models that predict noise.
 */
public final class VelocitySampling implements ModelSampling {
    private final EpsilonSampling schedule;

    public VelocitySampling(EpsilonSampling schedule) {
        this.schedule = schedule;
    }

    @Override
    public Tensor denoised(Tensor output, Tensor x, float sigma) {
        double variance = (double) sigma * sigma + 1;
        return x.div(variance).sub(output.mul(sigma / Math.sqrt(variance)));
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
        return schedule.networkInput(x, sigma);
    }

    @Override
    public Tensor addNoise(Tensor latents, Tensor noise, float sigma, boolean full) {
        return schedule.addNoise(latents, noise, sigma, full);
    }

    @Override
    public Tensor removeScale(Tensor latents, float sigma) {
        return schedule.removeScale(latents, sigma);
    }
}
