package org.comfyee.diffusion.sampling;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.function.Supplier;
import org.apache.commons.statistics.distribution.BetaDistribution;
import org.comfyee.diffusion.model.ModelSampling;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * Formulas for falling sigmas, and parts of such. They are computed in single precision, step by step as ComfyUI does: Brownian noise
 * depends on the very digits of the sigmas that it is asked for. Exponentials and tangents are those of Intel's mathematical library,
 * which PyTorch's own builds call and which rounds as Java's do; powers are libtorch's.
 *
 * <p>All give one sigma more than there are steps, the last one 0, unless they say otherwise.
 */
public final class Sigmas {
    private Sigmas() {}

    /** Karras et al. 2022, equation 5. */
    public static float[] karras(int steps, double sigmaMin, double sigmaMax, double rho) {
        double min = Math.pow(sigmaMin, 1 / rho);
        double max = Math.pow(sigmaMax, 1 / rho);
        return endingInZero(computed(() -> Tensor.linspace(0, 1, steps).mul(min - max).add(max).pow(rho)));
    }

    /** Even in the logarithm, from the largest to the least, and 0. */
    public static float[] exponential(int steps, double sigmaMin, double sigmaMax) {
        return endingInZero(exp(computed(() -> Tensor.linspace(Math.log(sigmaMax), Math.log(sigmaMin), steps))));
    }

    /** Exponential in a power of the way. */
    public static float[] polyexponential(int steps, double sigmaMin, double sigmaMax, double rho) {
        double min = Math.log(sigmaMin);
        double max = Math.log(sigmaMax);
        return endingInZero(exp(computed(() -> Tensor.linspace(1, 0, steps).pow(rho).mul(max - min).add(min))));
    }

    /** Densest around {@code exp(mu)} (Hang et al. 2024, "Improved Noise Schedule for Diffusion Training"). Does not end in 0. */
    public static float[] laplace(int steps, double sigmaMin, double sigmaMax, double mu, double beta) {
        var way = even(0, 1, steps);
        var sigmas = new float[steps];
        for (int i = 0; i < steps; i++) {
            float left = 0.5f - way[i];
            float logarithm = (float) Math.log(1 - 2 * Math.abs(left) + 1e-5f);
            float lambda = (float) mu - (float) beta * Math.signum(left) * logarithm;
            sigmas[i] = Math.min(Math.max((float) Math.exp(lambda), (float) sigmaMin), (float) sigmaMax);
        }
        return sigmas;
    }

    /** The variance-preserving process of Song et al. 2021. */
    public static float[] variancePreserving(int steps, double betaRange, double betaMin, double end) {
        var times = even(1, end, steps);
        return endingInZero(steps, i -> {
            float t = times[i];
            float exponent = (float) betaRange * (t * t) / 2 + (float) betaMin * t;
            return Math.sqrt((float) Math.expm1(exponent));
        });
    }

    /** Even in the arc tangent. */
    static float[] tangential(int steps, double sigmaMin, double sigmaMax) {
        float min = (float) Math.atan(sigmaMin);
        float max = (float) Math.atan(sigmaMax);
        return endingInZero(steps, i -> {
            // Where ComfyUI divides 0 by 0, the only step starts where all others do.
            float way = steps == 1 ? 0 : (float) i / (steps - 1);
            return Math.tan(way * min + (1 - way) * max);
        });
    }

    /** Numbers at even distances. */
    static float[] even(double start, double end, int count) {
        return computed(() -> Tensor.linspace(start, end, count));
    }

    private static float[] computed(Supplier<Tensor> formula) {
        try (var _ = new TensorScope()) {
            return formula.get().toFloats();
        }
    }

    private static float[] exp(float[] exponents) {
        var powers = new float[exponents.length];
        for (int i = 0; i < powers.length; i++) {
            powers[i] = (float) Math.exp(exponents[i]);
        }
        return powers;
    }

    /**
     * Quantiles of a beta distribution over a model's sigmas (Lee et al. 2024, "Beta Sampling is All You Need"), of which those that fall
     * together count once.
     */
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
        // Also of as many steps as asked: some schedulers make more.
        return denoise > 0.9999 ? sigmas : last(sigmas, steps);
    }

    /** The sigmas of the last steps of a schedule, or all of one that is shorter. */
    public static float[] last(float[] sigmas, int steps) {
        return Arrays.copyOfRange(sigmas, Math.max(0, sigmas.length - steps - 1), sigmas.length);
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

    private static float[] endingInZero(float[] sigmas) {
        return Arrays.copyOf(sigmas, sigmas.length + 1);
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
