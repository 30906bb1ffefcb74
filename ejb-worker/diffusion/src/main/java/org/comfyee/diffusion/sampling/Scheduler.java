package org.comfyee.diffusion.sampling;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.comfyee.diffusion.model.ModelSampling;

/** Ways to choose the sigmas of a number of steps; in the order that clients list them. */
public enum Scheduler {
    SIMPLE {
        @Override
        public float[] schedule(ModelSampling sampling, int steps) {
            var all = sampling.sigmas();
            double stride = (double) all.length / steps;
            return Sigmas.endingInZero(steps, i -> all[all.length - 1 - (int) (i * stride)]);
        }
    },
    SGM_UNIFORM {
        @Override
        public float[] schedule(ModelSampling sampling, int steps) {
            var times = timesteps(sampling, steps + 1);
            return Sigmas.endingInZero(steps, i -> sampling.sigma(times[i]));
        }
    },
    /** Karras et al. 2022, equation 5, with rho 7. */
    KARRAS {
        @Override
        public float[] schedule(ModelSampling sampling, int steps) {
            return Sigmas.karras(steps, sampling.sigmaMin(), sampling.sigmaMax(), 7);
        }
    },
    EXPONENTIAL {
        @Override
        public float[] schedule(ModelSampling sampling, int steps) {
            return Sigmas.exponential(steps, sampling.sigmaMin(), sampling.sigmaMax());
        }
    },
    /** Song et al. 2021 (DDIM); the number of steps follows from a whole stride and may differ from what was asked. */
    DDIM_UNIFORM {
        @Override
        public float[] schedule(ModelSampling sampling, int steps) {
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
            return Sigmas.toArray(chosen.reversed());
        }
    },
    /** Lee et al. 2024, "Beta Sampling is All You Need", with alpha and beta 0.6. */
    BETA {
        @Override
        public float[] schedule(ModelSampling sampling, int steps) {
            return Sigmas.beta(sampling, steps, 0.6, 0.6);
        }
    },
    NORMAL {
        @Override
        public float[] schedule(ModelSampling sampling, int steps) {
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
            return Sigmas.endingInZero(steps, i -> sampling.sigma(times[i]));
        }
    },
    /** A linear start and a quadratic rest. */
    LINEAR_QUADRATIC {
        @Override
        public float[] schedule(ModelSampling sampling, int steps) {
            float max = sampling.sigmaMax();
            if (steps == 1) {
                return new float[] {max, 0};
            }
            double threshold = 0.025;
            int linear = steps / 2;
            int quadratic = steps - linear;
            double slope = threshold / linear;
            double difference = linear - threshold * steps;
            double square = difference / ((double) linear * quadratic * quadratic);
            double first = slope - 2 * difference / ((double) quadratic * quadratic);
            double constant = square * linear * linear;
            return Sigmas.endingInZero(steps,
                    i -> (float) (1 - (i < linear ? i * slope : square * i * i + first * i + constant)) * max);
        }
    },
    /** Sabour et al. 2024, "Align Your Steps", equation for the KL-optimal schedule. */
    KL_OPTIMAL {
        @Override
        public float[] schedule(ModelSampling sampling, int steps) {
            return Sigmas.tangential(steps, sampling.sigmaMin(), sampling.sigmaMax());
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
    public abstract float[] schedule(ModelSampling sampling, int steps);

    private static float[] timesteps(ModelSampling sampling, int count) {
        return Sigmas.even(sampling.timestep(sampling.sigmaMax()), sampling.timestep(sampling.sigmaMin()), count);
    }
}
