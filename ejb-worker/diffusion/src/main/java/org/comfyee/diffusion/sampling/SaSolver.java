package org.comfyee.diffusion.sampling;

import java.util.ArrayList;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** SA-Solver (Xue et al. 2023): stochastic Adams, predictor of third and corrector of fourth order. */
final class SaSolver {
    private static final int PREDICTOR_ORDER = 3;
    private static final int CORRECTOR_ORDER = 4;
    /** Noise is added between these shares of the way. */
    private static final double NOISE_FROM = 0.2;
    private static final double NOISE_TO = 0.8;

    private SaSolver() {}

    /** @param again whether the model is asked again after each correction */
    static Tensor sample(SamplerRun run, boolean again) {
        var sigmas = run.sigmas();
        int steps = run.steps();
        double high = run.percentToSigma().applyAsDouble(NOISE_FROM);
        double low = run.percentToSigma().applyAsDouble(NOISE_TO);
        var x = run.start();
        var predicted = x;
        Tensor noise = null;
        double tau = 0;
        double h = 0;
        var guesses = new ArrayList<Tensor>();
        for (int i = 0; i < steps; i++) {
            try (var scope = new TensorScope()) {
                double sigma = sigmas[i];
                double next = sigmas[i + 1];
                guesses.add(scope.keep(run.denoise(i, predicted)));
                if (guesses.size() > CORRECTOR_ORDER) {
                    guesses.removeFirst();
                }
                int predictor = Math.min(PREDICTOR_ORDER, guesses.size());
                int corrector = i == 0 || next == 0 && !again ? 0 : Math.min(CORRECTOR_ORDER, guesses.size());
                if (sigmas[steps] == 0) {
                    predictor = Math.min(predictor, steps - 1 - i);
                    corrector = Math.min(corrector, steps - i);
                }
                if (corrector == 0) {
                    x = predicted;
                } else {
                    var weights = weights(sigma, sigmas, i - corrector + 1, corrector, sigmas[i - 1], tau);
                    var corrected = combined(x.mul(sigma / sigmas[i - 1] * Math.exp(-tau * tau * h)), guesses, weights);
                    x = tau > 0 ? corrected.add(noise) : corrected;
                    if (again) {
                        guesses.set(guesses.size() - 1, scope.keep(run.model().denoise(x, sigma)));
                    }
                }
                if (next == 0) {
                    x = guesses.getLast();
                } else {
                    tau = high >= next && next >= low ? 1 : 0;
                    h = Math.log(sigma) - Math.log(next);
                    var weights = weights(next, sigmas, i - predictor + 1, predictor, sigma, tau);
                    predicted = combined(x.mul(next / sigma * Math.exp(-tau * tau * h)), guesses, weights);
                    if (tau > 0) {
                        noise = scope.keep(run.noise().next((float) sigma, (float) next).mul(next * Math.sqrt(-Math.expm1(-2 * tau * tau * h))));
                        predicted = predicted.add(noise);
                    }
                    scope.keep(predicted);
                }
                scope.keep(x);
            }
        }
        return x;
    }

    private static Tensor combined(Tensor base, ArrayList<Tensor> guesses, double[] weights) {
        var sum = base;
        for (int j = 0; j < weights.length; j++) {
            sum = sum.add(guesses.get(guesses.size() - weights.length + j), weights[j]);
        }
        return sum;
    }

    /**
     * The weights of guesses whose polynomial is integrated from one sigma to another.
     *
     * @param first index of the sigma of the first guess
     */
    private static double[] weights(double sigma, float[] sigmas, int first, int count, double from, double tau) {
        double m = 1 + tau * tau;
        double s = -Math.log(from);
        double t = -Math.log(sigma);
        var integrals = new double[count];
        double decay = Math.exp(-m * (t - s));
        for (int p = 0; p < count; p++) {
            integrals[p] = p == 0 ? -Math.expm1(-m * (t - s)) : Math.pow(t, p) - Math.pow(s, p) * decay - p / m * integrals[p - 1];
        }
        var system = new double[count][count];
        for (int p = 0; p < count; p++) {
            for (int j = 0; j < count; j++) {
                system[p][j] = Math.pow(-Math.log(sigmas[first + j]), p);
            }
        }
        return LinearSystem.solve(system, integrals);
    }
}
