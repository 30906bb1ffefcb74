package org.comfyee.diffusion.sampling;

import java.util.ArrayList;
import java.util.Optional;
import org.comfyee.diffusion.model.ModelSampling;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** SA-Solver (Xue et al. 2023): stochastic Adams, a predictor and a corrector. */
public final class SaSolver {
    /**
     * @param eta how much noise is added
     * @param noiseFrom the share of the way from which on noise is added
     * @param noiseTo the share up to which
     * @param measure whose sigmas the shares stand for; those of the model that is sampled if there is none
     * @param again whether the model is asked again after each correction
     * @param simple whether methods of second order use fixed weights
     */
    public record Options(
            int predictorOrder, int correctorOrder, double eta, double noiseScale, double noiseFrom, double noiseTo, Optional<ModelSampling> measure,
            boolean again, boolean simple) {
        static final Options DEFAULT = new Options(3, 4, 1, 1, 0.2, 0.8, Optional.empty(), false, false);
        static final Options DEFAULT_AGAIN = new Options(3, 4, 1, 1, 0.2, 0.8, Optional.empty(), true, false);
    }

    private final SamplerRun run;
    private final Options options;

    private SaSolver(SamplerRun run, Options options) {
        this.run = run;
        this.options = options;
    }

    static Tensor sample(SamplerRun run, Options options) {
        return new SaSolver(run.withFiniteSnr(), options).sample();
    }

    private double snr(int index) {
        return run.sampling().halfLogSnr(run.sigmas()[index]);
    }

    private Tensor sample() {
        var sigmas = run.sigmas();
        int steps = run.steps();
        var measure = options.measure().orElse(run.sampling());
        double high = measure.percentToSigma(options.noiseFrom());
        double low = measure.percentToSigma(options.noiseTo());
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
                if (guesses.size() > Math.max(options.predictorOrder(), options.correctorOrder())) {
                    guesses.removeFirst();
                }
                int predictor = Math.min(options.predictorOrder(), guesses.size());
                int corrector = i == 0 || next == 0 && !options.again() ? 0 : Math.min(options.correctorOrder(), guesses.size());
                if (sigmas[steps] == 0) {
                    predictor = Math.min(predictor, steps - 1 - i);
                    corrector = Math.min(corrector, steps - i);
                }
                if (corrector == 0) {
                    x = predicted;
                } else {
                    var weights = weights(i - corrector + 1, corrector, i - 1, i, tau);
                    var corrected = combined(x.mul(sigma / sigmas[i - 1] * Math.exp(-tau * tau * h)), guesses, weights);
                    x = tau > 0 ? corrected.add(noise) : corrected;
                    if (options.again()) {
                        guesses.set(guesses.size() - 1, scope.keep(run.model().denoise(x, sigma)));
                    }
                }
                if (next == 0) {
                    x = guesses.getLast();
                } else {
                    tau = high >= next && next >= low ? options.eta() : 0;
                    h = snr(i + 1) - snr(i);
                    var weights = weights(i - predictor + 1, predictor, i, i + 1, tau);
                    predicted = combined(x.mul(next / sigma * Math.exp(-tau * tau * h)), guesses, weights);
                    if (tau > 0) {
                        noise = scope.keep(run.noise(sigma, next)
                                .mul(next * Math.sqrt(-Math.expm1(-2 * tau * tau * h)) * options.noiseScale()));
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
     * The weights of guesses whose polynomial is integrated from one step to another.
     *
     * @param first index of the sigma of the first guess
     */
    private double[] weights(int first, int count, int from, int to, double tau) {
        double m = 1 + tau * tau;
        double s = snr(from);
        double t = snr(to);
        double signal = run.sampling().signal(run.sigmas()[to]);
        double decay = Math.exp(-m * (t - s));
        if (options.simple() && count == 2) {
            // A corrector knows the guess at the end of its step, a predictor does not.
            double change = first + 1 == to ? m * (t - s) / 2 : m * (t - s) * (t - s) / 2 / (snr(first) - s);
            double rest = 1 - decay - change;
            return first + 1 == to ? new double[] {signal * rest, signal * change} : new double[] {signal * change, signal * rest};
        }
        var integrals = new double[count];
        for (int p = 0; p < count; p++) {
            integrals[p] = p == 0 ? -Math.expm1(-m * (t - s)) : Math.pow(t, p) - Math.pow(s, p) * decay - p / m * integrals[p - 1];
        }
        var system = new double[count][count];
        for (int p = 0; p < count; p++) {
            for (int j = 0; j < count; j++) {
                system[p][j] = Math.pow(snr(first + j), p);
            }
        }
        var weights = LinearSystem.solve(system, integrals);
        for (int j = 0; j < count; j++) {
            weights[j] *= signal;
        }
        return weights;
    }
}
