package org.comfyee.diffusion.model;

import java.util.function.DoubleUnaryOperator;
import org.comfyee.torch.Tensor;

/**
 * Models of rectified flow (Liu et al. 2023; Esser et al. 2024, "Scaling Rectified Flow Transformers"): noisy latents are
 * {@code sigma * noise + (1 - sigma) * latents}, and the network predicts {@code noise - latents}.
 */
public final class FlowSampling implements ModelSampling {
    private static final int SHIFTED_SIGMAS = 1000;
    private static final int FLUX_SIGMAS = 10_000;

    private final DoubleUnaryOperator shifted;
    private final double multiplier;
    private final float[] sigmas;

    private FlowSampling(DoubleUnaryOperator shifted, double multiplier, int count) {
        this.shifted = shifted;
        this.multiplier = multiplier;
        sigmas = new float[count];
        for (int i = 0; i < count; i++) {
            sigmas[i] = (float) shifted.applyAsDouble((i + 1.0) / count);
        }
    }

    /**
     * As Stable Diffusion 3 has it.
     *
     * @param shift more than 1 spends more of the sampling at high noise
     * @param multiplier what the network's timesteps are in units of sigma
     */
    public static FlowSampling shifted(double shift, double multiplier) {
        return new FlowSampling(t -> shift == 1 ? t : shift * t / (1 + (shift - 1) * t), multiplier, SHIFTED_SIGMAS);
    }

    /**
     * As Flux has it.
     *
     * @param mu logarithm of the shift
     */
    public static FlowSampling flux(double mu) {
        return new FlowSampling(t -> t <= 0 ? 0 : Math.exp(mu) / (Math.exp(mu) + 1 / t - 1), 1, FLUX_SIGMAS);
    }

    @Override
    public boolean isFlow() {
        return true;
    }

    @Override
    public float[] sigmas() {
        return sigmas.clone();
    }

    @Override
    public float timestep(float sigma) {
        return (float) (sigma * multiplier);
    }

    @Override
    public float sigma(double timestep) {
        return (float) shifted.applyAsDouble(timestep / multiplier);
    }

    @Override
    public double percentToSigma(double percent) {
        if (percent <= 0) {
            return 1;
        }
        return percent >= 1 ? 0 : shifted.applyAsDouble(1 - percent);
    }

    @Override
    public Tensor networkInput(Tensor x, float sigma) {
        return x;
    }

    @Override
    public Tensor denoised(Tensor output, Tensor x, float sigma) {
        return x.sub(output.mul(sigma));
    }

    @Override
    public Tensor addNoise(Tensor latents, Tensor noise, float sigma, boolean full) {
        return noise.mul(sigma).add(latents.mul(1.0 - sigma));
    }

    @Override
    public Tensor removeScale(Tensor latents, float sigma) {
        return sigma == 0 ? latents : latents.div(1.0 - sigma);
    }
}
