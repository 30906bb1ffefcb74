package org.comfyee.diffusion.sampling;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.apache.commons.statistics.distribution.BetaDistribution;
import org.comfyee.diffusion.model.ModelSampling;

/** Formulas for falling sigmas, and parts of such. */
public final class Sigmas {
    private Sigmas() {}

    /** Karras et al. 2022, equation 5. */
    public static float[] karras(int steps, double sigmaMin, double sigmaMax, double rho) {
        double min = Math.pow(sigmaMin, 1 / rho);
        double max = Math.pow(sigmaMax, 1 / rho);
        return endingInZero(steps, i -> Math.pow(max + share(i, steps) * (min - max), rho));
    }

    public static float[] exponential(int steps, double sigmaMin, double sigmaMax) {
        return polyexponential(steps, sigmaMin, sigmaMax, 1);
    }

    /** Exponential in a power of the way. */
    public static float[] polyexponential(int steps, double sigmaMin, double sigmaMax, double rho) {
        double min = Math.log(sigmaMin);
        double max = Math.log(sigmaMax);
        return endingInZero(steps, i -> Math.exp(min + Math.pow(1 - share(i, steps), rho) * (max - min)));
    }

    /** Densest around {@code exp(mu)} (Hang et al. 2024, "Improved Noise Schedule for Diffusion Training"). Does not end in 0. */
    public static float[] laplace(int steps, double sigmaMin, double sigmaMax, double mu, double beta) {
        var sigmas = new float[steps];
        for (int i = 0; i < steps; i++) {
            double way = 0.5 - share(i, steps);
            double lambda = mu - beta * Math.signum(way) * Math.log(1 - 2 * Math.abs(way) + 1e-5);
            sigmas[i] = (float) Math.clamp(Math.exp(lambda), sigmaMin, sigmaMax);
        }
        return sigmas;
    }

    /** The variance-preserving process of Song et al. 2021. */
    public static float[] variancePreserving(int steps, double betaRange, double betaMin, double end) {
        return endingInZero(steps, i -> {
            double t = 1 + share(i, steps) * (end - 1);
            return Math.sqrt(Math.expm1(betaRange * t * t / 2 + betaMin * t));
        });
    }

    /** Quantiles of a beta distribution over a model's sigmas (Lee et al. 2024, "Beta Sampling is All You Need"). */
    public static float[] beta(ModelSampling sampling, int steps, double alpha, double beta) {
        var all = sampling.sigmas();
        var distribution = BetaDistribution.of(alpha, beta);
        var chosen = new ArrayList<Float>();
        long previous = -1;
        for (int i = 0; i < steps; i++) {
            double p = 1 - (double) i / steps;
            // The middle must come out exactly, since it lies on the border between two indices.
            double quantile = p == 0.5 && alpha == beta ? 0.5 : distribution.inverseCumulativeProbability(p);
            long index = (long) Math.rint(quantile * (all.length - 1));
            if (index != previous) {
                chosen.add(all[(int) index]);
            }
            previous = index;
        }
        chosen.add(0f);
        return toArray(chosen);
    }

    /**
     * The schedule of a number of steps.
     *
     * @param denoise share of the noise that is to go: of less than all, the last part of the schedule of a longer run
     * @param discardPenultimate makes the schedule for one step more and leaves out its last sigma above 0
     * @return empty if nothing is to be denoised
     */
    public static float[] scheduled(ModelSampling sampling, Scheduler scheduler, int steps, double denoise, boolean discardPenultimate) {
        if (denoise <= 0) {
            return new float[0];
        }
        int total = denoise > 0.9999 ? steps : (int) (steps / denoise);
        var sigmas = scheduler.schedule(sampling, discardPenultimate ? total + 1 : total);
        if (discardPenultimate) {
            sigmas[sigmas.length - 2] = sigmas[sigmas.length - 1];
            sigmas = Arrays.copyOf(sigmas, sigmas.length - 1);
        }
        return total == steps ? sigmas : Arrays.copyOfRange(sigmas, Math.max(0, sigmas.length - steps - 1), sigmas.length);
    }

    /**
     * The sigmas of some steps of a schedule.
     *
     * @param end the step before which to stop
     * @param denoiseFully whether the last step goes to 0 even if the schedule goes on
     * @return empty if the first step lies beyond the schedule
     */
    public static float[] between(float[] sigmas, int start, int end, boolean denoiseFully) {
        var part = sigmas;
        if (end < sigmas.length - 1) {
            part = Arrays.copyOf(sigmas, end + 1);
            if (denoiseFully) {
                part[end] = 0;
            }
        }
        return start < part.length - 1 ? Arrays.copyOfRange(part, start, part.length) : new float[0];
    }

    static double share(int i, int steps) {
        return steps == 1 ? 0 : (double) i / (steps - 1);
    }

    static float[] endingInZero(int steps, IntToDoubleFunction sigma) {
        var sigmas = new float[steps + 1];
        for (int i = 0; i < steps; i++) {
            sigmas[i] = (float) sigma.applyAsDouble(i);
        }
        return sigmas;
    }

    static float[] toArray(List<Float> values) {
        var array = new float[values.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = values.get(i);
        }
        return array;
    }
}
