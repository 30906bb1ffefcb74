package org.comfyee.diffusion.sampling;

import java.util.ArrayList;
import java.util.List;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** UniPC (Zhao et al. 2023), multistep, predicting the picture, on a variance-preserving process. */
final class UniPc {
    private static final int MOST_ORDER = 3;
    /** Stands for a last sigma of 0, whose logarithm is infinite. */
    private static final float LAST_SIGMA = 0.001f;

    private record Point(Tensor guess, double sigma) {}

    private record Update(Tensor x, Tensor guess) {}

    private final SamplerRun run;
    private final boolean second;

    private UniPc(SamplerRun run, boolean second) {
        this.run = run;
        this.second = second;
    }

    /** @param second whether the second variant of B(h) is used */
    static Tensor sample(SamplerRun run, boolean second) {
        return new UniPc(run, second).sample();
    }

    /** Where it stops. */
    static float end(float[] sigmas) {
        float last = sigmas[sigmas.length - 1];
        return last == 0 ? LAST_SIGMA : last;
    }

    private static double alpha(double sigma) {
        return 1 / Math.sqrt(sigma * sigma + 1);
    }

    private static double lambda(double sigma) {
        return -Math.log(sigma);
    }

    private Tensor guess(Tensor y, double sigma) {
        return run.model().denoise(y.div(alpha(sigma)), sigma);
    }

    private Tensor sample() {
        var sigmas = run.sigmas().clone();
        int steps = sigmas.length - 1;
        sigmas[steps] = end(sigmas);
        int order = Math.min(MOST_ORDER, sigmas.length - 2);
        var history = new ArrayList<Point>();
        var y = run.start().div(Math.sqrt(1 + (double) sigmas[0] * sigmas[0]));
        for (int step = 0; step <= steps; step++) {
            try (var scope = new TensorScope()) {
                Tensor reported;
                if (step == 0) {
                    reported = scope.keep(guess(y, sigmas[0]));
                    history.add(new Point(reported, sigmas[0]));
                    scope.keep(y);
                } else {
                    int k = step < order ? step : Math.min(order, steps + 1 - step);
                    boolean correct = step < steps;
                    var update = update(y, history, sigmas[step], Math.max(k, 1), correct);
                    y = scope.keep(update.x());
                    if (correct) {
                        history.add(new Point(scope.keep(update.guess()), sigmas[step]));
                        if (history.size() > Math.max(order, 1)) {
                            history.removeFirst();
                        }
                    }
                    reported = history.getLast().guess();
                }
                if (step < steps) {
                    run.listener().stepped(step, steps, reported);
                }
            }
        }
        return y.div(alpha(sigmas[steps]));
    }

    private Update update(Tensor x, List<Point> history, double sigma, int order, boolean correct) {
        var last = history.getLast();
        double h = lambda(sigma) - lambda(last.sigma());
        var ratios = new double[order];
        var differences = new ArrayList<Tensor>();
        for (int i = 1; i < order; i++) {
            var earlier = history.get(history.size() - 1 - i);
            ratios[i - 1] = (lambda(earlier.sigma()) - lambda(last.sigma())) / h;
            differences.add(earlier.guess().sub(last.guess()).div(ratios[i - 1]));
        }
        ratios[order - 1] = 1;
        double hh = -h;
        double phi = Math.expm1(hh);
        double b = second ? phi : hh;
        var system = new double[order][order];
        var right = new double[order];
        double f = phi / hh - 1;
        double factorial = 1;
        for (int i = 1; i <= order; i++) {
            for (int j = 0; j < order; j++) {
                system[i - 1][j] = Math.pow(ratios[j], i - 1);
            }
            right[i - 1] = f * factorial / b;
            factorial *= i + 1;
            f = f / hh - 1 / factorial;
        }
        double alpha = alpha(sigma);
        var base = x.mul(alpha * sigma / (alpha(last.sigma()) * last.sigma())).sub(last.guess().mul(alpha * phi));
        var predicted = order == 1 ? base : base.sub(sum(differences, predictorWeights(system, right, order)).mul(alpha * b));
        if (!correct) {
            return new Update(predicted, null);
        }
        var guess = guess(predicted, sigma);
        var weights = order == 1 ? new double[] {0.5} : LinearSystem.solve(system, right);
        var correction = guess.sub(last.guess()).mul(weights[order - 1]);
        if (order > 1) {
            correction = correction.add(sum(differences, weights));
        }
        return new Update(base.sub(correction.mul(alpha * b)), guess);
    }

    private static double[] predictorWeights(double[][] system, double[] right, int order) {
        if (order == 2) {
            return new double[] {0.5};
        }
        var smaller = new double[order - 1][];
        for (int i = 0; i < order - 1; i++) {
            smaller[i] = java.util.Arrays.copyOf(system[i], order - 1);
        }
        return LinearSystem.solve(smaller, java.util.Arrays.copyOf(right, order - 1));
    }

    private static Tensor sum(List<Tensor> differences, double[] weights) {
        var sum = differences.getFirst().mul(weights[0]);
        for (int i = 1; i < differences.size(); i++) {
            sum = sum.add(differences.get(i), weights[i]);
        }
        return sum;
    }
}
