package org.comfyee.diffusion.model;

import org.comfyee.torch.Tensor;

/**
 * Models of rectified flow (Liu et al. 2023; Esser et al. 2024, "Scaling Rectified Flow Transformers"): noisy latents are
 * {@code sigma * noise + (1 - sigma) * latents}, and the network predicts {@code noise - latents}.
 */
public final class FlowSampling implements ModelSampling {
    private static final int SHIFTED_SIGMAS = 1000;
    private static final int FLUX_SIGMAS = 10_000;

    private final Shift shift;
    private final double multiplier;
    private final float[] sigmas;

    private FlowSampling(Shift shift, double multiplier, int count) {
        this.shift = shift;
        this.multiplier = multiplier;
        sigmas = new float[count];
        for (int i = 0; i < count; i++) {
            sigmas[i] = shift.of((i + 1f) / count);
        }
    }

    /**
     * As Stable Diffusion 3 has it.
     *
     * @param shift more than 1 spends more of the sampling at high noise
     * @param multiplier what the network's timesteps are in units of sigma
     */
    public static FlowSampling shifted(double shift, double multiplier) {
        return new FlowSampling(new RatioShift(shift), multiplier, SHIFTED_SIGMAS);
    }

    /**
     * As Flux has it.
     *
     * @param mu logarithm of the shift
     */
    public static FlowSampling flux(double mu) {
        return new FlowSampling(new ExponentialShift(Math.exp(mu)), 1, FLUX_SIGMAS);
    }

    /** The sigma at a time, 0 to 1; in both precisions, each of whose steps rounds as ComfyUI's do where it takes that one. */
    private sealed interface Shift {
        float of(float time);

        double of(double time);
    }

    private record RatioShift(double shift) implements Shift {
        @Override
        public float of(float time) {
            return shift == 1 ? time : (float) shift * time / (1 + (float) (shift - 1) * time);
        }

        @Override
        public double of(double time) {
            return shift == 1 ? time : shift * time / (1 + (shift - 1) * time);
        }
    }

    private record ExponentialShift(double factor) implements Shift {
        @Override
        public float of(float time) {
            // PyTorch divides a number by a tensor as a product with its reciprocal.
            return time <= 0 ? 0 : 1 / ((float) factor + (1 / time - 1)) * (float) factor;
        }

        @Override
        public double of(double time) {
            return time <= 0 ? 0 : factor / (factor + (1 / time - 1));
        }
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
        return shift.of((float) timestep / (float) multiplier);
    }

    @Override
    public double percentToSigma(double percent) {
        if (percent <= 0) {
            return 1;
        }
        return percent >= 1 ? 0 : shift.of(1 - percent);
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
