package org.comfyee.diffusion.model;

import java.util.function.DoubleUnaryOperator;

/** Any sigma of a range. What the network is told of it is a function of the sigma. */
public final class ContinuousSchedule implements NoiseSchedule {
    private static final int SAMPLES = 1000;
    private static final int CASCADE_SAMPLES = 10_000;

    private final float[] sigmas;
    private final DoubleUnaryOperator timestep;
    private final DoubleUnaryOperator sigma;
    private final DoubleUnaryOperator percent;

    private ContinuousSchedule(float[] sigmas, DoubleUnaryOperator timestep, DoubleUnaryOperator sigma, DoubleUnaryOperator percent) {
        this.sigmas = sigmas;
        this.timestep = timestep;
        this.sigma = sigma;
        this.percent = percent;
    }

    /** A quarter of the logarithm, as of Karras et al. 2022 ("EDM"). */
    public static ContinuousSchedule logarithmic(double sigmaMin, double sigmaMax) {
        return ranged(sigmaMin, sigmaMax, sigma -> 0.25 * Math.log(sigma), t -> Math.exp(4 * t));
    }

    /** The angle between picture and noise, 0 to 1. */
    public static ContinuousSchedule angular(double sigmaMin, double sigmaMax) {
        return ranged(sigmaMin, sigmaMax, sigma -> Math.atan(sigma) * 2 / Math.PI, t -> Math.tan(t * Math.PI / 2));
    }

    /** The noise's share, 0 to 1, as of Cosmos (NVIDIA 2025). */
    public static ContinuousSchedule share(double sigmaMin, double sigmaMax) {
        return ranged(sigmaMin, sigmaMax, sigma -> sigma / (sigma + 1), t -> t >= sigmaMax / (sigmaMax + 1) ? sigmaMax : t / (1 - t));
    }

    private static ContinuousSchedule ranged(double sigmaMin, double sigmaMax, DoubleUnaryOperator timestep, DoubleUnaryOperator sigma) {
        double low = Math.log(sigmaMin);
        double high = Math.log(sigmaMax);
        var sigmas = new float[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            sigmas[i] = (float) Math.exp(low + (high - low) * i / (SAMPLES - 1));
        }
        return new ContinuousSchedule(sigmas, timestep, sigma, percent -> Math.exp(low + (1 - percent) * (high - low)));
    }

    /**
     * A cosine's square (Nichol and Dhariwal 2021), shifted in its signal to noise ratio, as of Stable Cascade (Pernias et al. 2023).
     *
     * @param shift more than 1 spends more of the sampling at high noise
     */
    public static ContinuousSchedule cascade(double shift) {
        double offset = 0.008;
        double start = squaredCosine(offset / (1 + offset));
        DoubleUnaryOperator sigma = t -> {
            double alpha = squaredCosine((t + offset) / (1 + offset)) / start;
            if (shift != 1) {
                double logRatio = Math.log(alpha / (1 - alpha)) + 2 * Math.log(1 / shift);
                alpha = 1 / (1 + Math.exp(-logRatio));
            }
            double kept = Math.clamp(alpha, 1e-4, 0.9999);
            return Math.sqrt((1 - kept) / kept);
        };
        DoubleUnaryOperator timestep = value -> {
            double variance = Math.clamp(1 / (value * value + 1), 0.0, 1.0);
            return Math.acos(Math.sqrt(variance * start)) / (Math.PI / 2) * (1 + offset) - offset;
        };
        var sigmas = new float[CASCADE_SAMPLES];
        for (int i = 0; i < CASCADE_SAMPLES; i++) {
            sigmas[i] = (float) sigma.applyAsDouble((i + 1.0) / CASCADE_SAMPLES);
        }
        return new ContinuousSchedule(sigmas, timestep, sigma, percent -> sigma.applyAsDouble(1 - percent));
    }

    private static double squaredCosine(double quarterTurns) {
        double cosine = Math.cos(quarterTurns * Math.PI / 2);
        return cosine * cosine;
    }

    @Override
    public float[] sigmas() {
        return sigmas.clone();
    }

    @Override
    public float timestep(float value) {
        return (float) timestep.applyAsDouble(value);
    }

    @Override
    public float sigma(double value) {
        return (float) sigma.applyAsDouble(value);
    }

    @Override
    public double percentToSigma(double share) {
        if (share <= 0) {
            return BEFORE_ALL;
        }
        return share >= 1 ? 0 : percent.applyAsDouble(share);
    }
}
