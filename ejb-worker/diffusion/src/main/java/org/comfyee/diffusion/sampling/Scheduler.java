package org.comfyee.diffusion.sampling;

import org.comfyee.diffusion.model.ModelSampling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import org.apache.commons.statistics.distribution.BetaDistribution;

/** Ways to choose the sigmas of a number of steps; in the order that clients list them. */
public enum Scheduler {
    SIMPLE {
        @Override
        float[] schedule(ModelSampling sampling, int steps) {
            var all = sampling.sigmas();
            double stride = (double) all.length / steps;
            return endingInZero(steps, i -> all[all.length - 1 - (int) (i * stride)]);
        }
    },
    SGM_UNIFORM {
        @Override
        float[] schedule(ModelSampling sampling, int steps) {
            var times = timesteps(sampling, steps + 1);
            return endingInZero(steps, i -> sampling.sigma(times[i]));
        }
    },
    /** Karras et al. 2022, equation 5, with rho 7. */
    KARRAS {
        @Override
        float[] schedule(ModelSampling sampling, int steps) {
            double rho = 7;
            double min = Math.pow(sampling.sigmaMin(), 1 / rho);
            double max = Math.pow(sampling.sigmaMax(), 1 / rho);
            return endingInZero(steps, i -> Math.pow(max + share(i, steps) * (min - max), rho));
        }
    },
    EXPONENTIAL {
        @Override
        float[] schedule(ModelSampling sampling, int steps) {
            double min = Math.log(sampling.sigmaMin());
            double max = Math.log(sampling.sigmaMax());
            return endingInZero(steps, i -> Math.exp(max + share(i, steps) * (min - max)));
        }
    },
    /** Song et al. 2021 (DDIM); the number of steps follows from a whole stride and may differ from what was asked. */
    DDIM_UNIFORM {
        @Override
        float[] schedule(ModelSampling sampling, int steps) {
            var all = sampling.sigmas();
            boolean reachesZero = Math.abs(all[1]) < 1e-5;
            var chosen = new ArrayList<Float>();
            if (!reachesZero) {
                chosen.add(0f);
            }
            int stride = Math.max(all.length / (reachesZero ? steps + 1 : steps), 1);
            for (int i = 1; i < all.length; i += stride) {
                chosen.add(all[i]);
            }
            return toArray(chosen.reversed());
        }
    },
    /** Lee et al. 2024, "Beta Sampling is All You Need", with alpha and beta 0.6. */
    BETA {
        @Override
        float[] schedule(ModelSampling sampling, int steps) {
            var all = sampling.sigmas();
            var distribution = BetaDistribution.of(0.6, 0.6);
            var chosen = new ArrayList<Float>();
            long previous = -1;
            for (int i = 0; i < steps; i++) {
                double p = 1 - (double) i / steps;
                // The middle must come out exactly, since it lies on the border between two indices.
                double quantile = p == 0.5 ? 0.5 : distribution.inverseCumulativeProbability(p);
                long index = (long) Math.rint(quantile * (all.length - 1));
                if (index != previous) {
                    chosen.add(all[(int) index]);
                }
                previous = index;
            }
            chosen.add(0f);
            return toArray(chosen);
        }
    },
    NORMAL {
        @Override
        float[] schedule(ModelSampling sampling, int steps) {
            boolean endsInZero = Math.abs(sampling.sigma(sampling.timestep(sampling.sigmaMin()))) < 1e-5;
            if (endsInZero) {
                var times = timesteps(sampling, steps + 1);
                var sigmas = new float[steps + 1];
                for (int i = 0; i <= steps; i++) {
                    sigmas[i] = sampling.sigma(times[i]);
                }
                return sigmas;
            }
            var times = timesteps(sampling, steps);
            return endingInZero(steps, i -> sampling.sigma(times[i]));
        }
    },
    /** A linear start and a quadratic rest. */
    LINEAR_QUADRATIC {
        @Override
        float[] schedule(ModelSampling sampling, int steps) {
            double max = sampling.sigmaMax();
            if (steps == 1) {
                return new float[] {(float) max, 0};
            }
            double threshold = 0.025;
            int linear = steps / 2;
            int quadratic = steps - linear;
            double slope = threshold / linear;
            double difference = linear - threshold * steps;
            double square = difference / ((double) linear * quadratic * quadratic);
            double first = slope - 2 * difference / ((double) quadratic * quadratic);
            double constant = square * linear * linear;
            return endingInZero(steps,
                    i -> (1 - (i < linear ? i * slope : square * i * i + first * i + constant)) * max);
        }
    },
    /** Sabour et al. 2024, "Align Your Steps", equation for the KL-optimal schedule. */
    KL_OPTIMAL {
        @Override
        float[] schedule(ModelSampling sampling, int steps) {
            double min = Math.atan(sampling.sigmaMin());
            double max = Math.atan(sampling.sigmaMax());
            return endingInZero(steps, i -> {
                double a = (double) i / (steps - 1);
                return Math.tan(a * min + (1 - a) * max);
            });
        }
    };

    /** Names as clients know them. */
    public static final List<String> NAMES = Arrays.stream(values()).map(each -> each.name().toLowerCase(Locale.ROOT)).toList();

    /** The scheduler of that name; the first one if there is none, as KSampler has it. */
    public static Scheduler named(String name) {
        int index = NAMES.indexOf(name);
        return values()[Math.max(index, 0)];
    }

    /** @return falling sigmas, as a rule {@code steps + 1} of which the last is 0 */
    abstract float[] schedule(ModelSampling sampling, int steps);

    private static double share(int i, int steps) {
        return steps == 1 ? 0 : (double) i / (steps - 1);
    }

    private static double[] timesteps(ModelSampling sampling, int count) {
        double start = sampling.timestep(sampling.sigmaMax());
        double end = sampling.timestep(sampling.sigmaMin());
        var times = new double[count];
        for (int i = 0; i < count; i++) {
            times[i] = (float) (start + share(i, count) * (end - start));
        }
        return times;
    }

    private static float[] endingInZero(int steps, IntToDoubleFunction sigma) {
        var sigmas = new float[steps + 1];
        for (int i = 0; i < steps; i++) {
            sigmas[i] = (float) sigma.applyAsDouble(i);
        }
        return sigmas;
    }

    private static float[] toArray(List<Float> values) {
        var array = new float[values.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = values.get(i);
        }
        return array;
    }
}
