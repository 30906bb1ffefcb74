package org.comfyee.diffusion.sampling;

import java.util.ArrayList;
import java.util.List;
import org.comfyee.torch.Tensor;

/** Samplers that extrapolate from the slopes of former steps. */
final class MultistepSamplers {
    private static final int DEIS_POINTS = 10_000;

    private MultistepSamplers() {}

    /** The slopes of the last steps, the newest first. */
    private static void remember(List<Tensor> slopes, Tensor slope, int most) {
        slopes.addFirst(slope);
        while (slopes.size() > most) {
            slopes.removeLast();
        }
    }

    private static Tensor weighted(List<Tensor> slopes, double... weights) {
        var sum = slopes.getFirst().mul(weights[0]);
        for (int i = 1; i < weights.length; i++) {
            sum = sum.add(slopes.get(i), weights[i]);
        }
        return sum;
    }

    /** Linear multistep: integrates the polynomial through the last slopes. */
    static Tensor lms(SamplerRun run, int mostSlopes) {
        var slopes = new ArrayList<Tensor>();
        return run.eachStep((i, x, sigma, next, scope) -> {
            var denoised = run.denoise(i, x);
            remember(slopes, scope.keep(EulerSamplers.slope(x, denoised, sigma)), mostSlopes);
            if (next == 0) {
                return denoised;
            }
            int order = Math.min(i + 1, mostSlopes);
            var weights = new double[order];
            for (int j = 0; j < order; j++) {
                weights[j] = lagrangeIntegral(run.sigmas(), i, j, order);
            }
            return x.add(weighted(slopes, weights));
        });
    }

    /** The integral over a step of the polynomial that is 1 at the j-th sigma back and 0 at the others. */
    private static double lagrangeIntegral(float[] sigmas, int i, int j, int order) {
        var polynomial = new double[] {1};
        for (int m = 0; m < order; m++) {
            if (m != j) {
                double root = sigmas[i - m];
                double scale = 1 / (sigmas[i - j] - root);
                var product = new double[polynomial.length + 1];
                for (int k = 0; k < polynomial.length; k++) {
                    product[k] -= polynomial[k] * root * scale;
                    product[k + 1] += polynomial[k] * scale;
                }
                polynomial = product;
            }
        }
        double integral = 0;
        for (int k = 0; k < polynomial.length; k++) {
            integral += polynomial[k] / (k + 1) * (Math.pow(sigmas[i + 1], k + 1) - Math.pow(sigmas[i], k + 1));
        }
        return integral;
    }

    /** Adams-Bashforth with the weights of equal steps (Liu et al. 2022). */
    static Tensor ipndm(SamplerRun run) {
        var slopes = new ArrayList<Tensor>();
        return run.eachStep((i, x, sigma, next, scope) -> {
            var denoised = run.denoise(i, x);
            remember(slopes, scope.keep(EulerSamplers.slope(x, denoised, sigma)), 4);
            if (next == 0) {
                return denoised;
            }
            var sum = switch (Math.min(4, i + 1)) {
                case 1 -> weighted(slopes, 1);
                case 2 -> weighted(slopes, 3 / 2.0, -1 / 2.0);
                case 3 -> weighted(slopes, 23 / 12.0, -16 / 12.0, 5 / 12.0);
                default -> weighted(slopes, 55 / 24.0, -59 / 24.0, 37 / 24.0, -9 / 24.0);
            };
            return x.add(sum.mul(next - sigma));
        });
    }

    /** Adams-Bashforth with weights for steps of unequal size. */
    static Tensor ipndmVariable(SamplerRun run) {
        var slopes = new ArrayList<Tensor>();
        return run.eachStep((i, x, sigma, next, scope) -> {
            var denoised = run.denoise(i, x);
            remember(slopes, scope.keep(EulerSamplers.slope(x, denoised, sigma)), 4);
            return next == 0 ? denoised : x.add(weighted(slopes, variableWeights(run.sigmas(), i)).mul(next - sigma));
        });
    }

    private static double[] variableWeights(float[] sigmas, int i) {
        int order = Math.min(4, i + 1);
        double h = sigmas[i + 1] - sigmas[i];
        if (order == 1) {
            return new double[] {1};
        }
        double h1 = sigmas[i] - sigmas[i - 1];
        if (order == 2) {
            return new double[] {(2 + h / h1) / 2, -(h / h1) / 2};
        }
        double h2 = sigmas[i - 1] - sigmas[i - 2];
        double t1 = (1 - h / (3 * (h + h1)) * (h * (h + h1)) / (h1 * (h1 + h2))) / 2;
        if (order == 3) {
            return new double[] {(2 + h / h1) / 2 + t1, -(h / h1) / 2 - (1 + h1 / h2) * t1, t1 * h1 / h2};
        }
        double h3 = sigmas[i - 2] - sigmas[i - 3];
        double t2 = ((1 - h / (3 * (h + h1))) / 2 + (1 - h / (2 * (h + h1))) * h / (6 * (h + h1 + h2)))
                * (h * (h + h1) * (h + h1 + h2)) / (h1 * (h1 + h2) * (h1 + h2 + h3));
        double r = h1 * (h1 + h2) / (h2 * (h2 + h3));
        return new double[] {(2 + h / h1) / 2 + t1 + t2, -(h / h1) / 2 - (1 + h1 / h2) * t1 - (1 + h1 / h2 + r) * t2,
            t1 * h1 / h2 + (h1 / h2 + r * (1 + h2 / h3)) * t2, -t2 * r * h1 / h2};
    }

    /** DEIS (Zhang and Chen 2023), third order, on the time of a variance-preserving process. */
    static Tensor deis(SamplerRun run) {
        var slopes = new ArrayList<Tensor>();
        var times = new VarianceTime();
        return run.eachStep((i, x, sigma, next, scope) -> {
            var denoised = run.denoise(i, x);
            remember(slopes, scope.keep(EulerSamplers.slope(x, denoised, sigma)), 3);
            int order = next <= 0 ? 1 : Math.min(3, i + 1);
            if (order == 1) {
                return x.add(slopes.getFirst().mul(next - sigma));
            }
            return x.add(weighted(slopes, times.weights(run.sigmas(), i, order)));
        });
    }

    /** Sigmas as times of the variance-preserving process of Song et al. 2021. */
    private static final class VarianceTime {
        private static final double EPSILON = 1e-3;
        private static final double SIGMA_MIN = 0.002;
        private static final double SIGMA_MAX = 80;

        private final double slope = 2 * (Math.log(SIGMA_MIN * SIGMA_MIN + 1) / EPSILON - Math.log(SIGMA_MAX * SIGMA_MAX + 1)) / (EPSILON - 1);
        private final double start = Math.log(SIGMA_MAX * SIGMA_MAX + 1) - slope / 2;

        private double of(double sigma) {
            return (Math.sqrt(start * start + 2 * slope * Math.log(sigma * sigma + 1)) - start) / slope;
        }

        double[] weights(float[] sigmas, int i, int order) {
            var past = new double[order];
            for (int j = 0; j < order; j++) {
                past[j] = of(sigmas[i - j]);
            }
            double end = of(sigmas[i + 1]);
            double step = (end - past[0]) / DEIS_POINTS;
            var weights = new double[order];
            for (int k = 0; k < DEIS_POINTS; k++) {
                double time = past[0] + (end - past[0]) * k / (DEIS_POINTS - 1);
                double alphas = Math.exp(-time * time * slope / 2 - time * start);
                double integrand = 0.5 * (time * slope + start) / Math.sqrt(alphas * (1 - alphas));
                for (int j = 0; j < order; j++) {
                    double product = integrand;
                    for (int m = 0; m < order; m++) {
                        product *= m == j ? 1 : (time - past[m]) / (past[j] - past[m]);
                    }
                    weights[j] += product * step;
                }
            }
            return weights;
        }
    }
}
