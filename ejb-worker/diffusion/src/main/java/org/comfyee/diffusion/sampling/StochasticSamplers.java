package org.comfyee.diffusion.sampling;

import java.util.function.DoubleUnaryOperator;
import org.comfyee.torch.Tensor;

/** Exponential solvers of the stochastic differential equation. */
final class StochasticSamplers {
    private static final int ER_POINTS = 200;

    private StochasticSamplers() {}

    /** The noise scaling of ER-SDE-Solvers. */
    static double extendedReverseScale(double ratio) {
        return ratio * (Math.exp(Math.pow(ratio, 0.3)) + 10);
    }

    /**
     * ER-SDE-Solver-3 (Cui et al. 2023), in terms of noise over signal.
     *
     * @param scale decides how much noise is added at a ratio
     * @param mostStages its order, 1 to 3
     */
    static Tensor extendedReverse(SamplerRun started, DoubleUnaryOperator scale, int mostStages, double noiseScale) {
        var run = started.withFiniteSnr();
        var history = new Tensor[2];
        var sigmas = run.sigmas();
        return run.eachStep((i, x, sigma, next, scope) -> {
            var denoised = run.denoise(i, x);
            if (next == 0) {
                return denoised;
            }
            double signal = run.sampling().signal(next);
            double ratio = ratio(run, sigma);
            double nextRatio = ratio(run, next);
            double r = scale.applyAsDouble(nextRatio) / scale.applyAsDouble(ratio);
            var stepped = x.mul(signal / run.sampling().signal(sigma) * r).add(denoised.mul(signal * (1 - r)));
            int stages = Math.min(mostStages, i + 1);
            if (stages >= 2) {
                double delta = nextRatio - ratio;
                double step = -delta / ER_POINTS;
                double sum = 0;
                double weighted = 0;
                for (int k = 0; k < ER_POINTS; k++) {
                    double point = nextRatio + k * step;
                    sum += step / scale.applyAsDouble(point);
                    weighted += step * (point - ratio) / scale.applyAsDouble(point);
                }
                var first = scope.keep(denoised.sub(history[0]).div(ratio - ratio(run, sigmas[i - 1])));
                stepped = stepped.add(first.mul(signal * (delta + sum * scale.applyAsDouble(nextRatio))));
                if (stages >= 3) {
                    var second = first.sub(history[1]).div((ratio - ratio(run, sigmas[i - 2])) / 2);
                    stepped = stepped.add(second.mul(signal * (delta * delta / 2 + weighted * scale.applyAsDouble(nextRatio))));
                }
                history[1] = first;
            }
            history[0] = scope.keep(denoised);
            if (noiseScale == 0) {
                return stepped;
            }
            double spread = Math.sqrt(nextRatio * nextRatio - ratio * ratio * r * r);
            return stepped.add(run.noise(sigma, next).mul(Double.isNaN(spread) ? 0 : signal * noiseScale * spread));
        });
    }

    private static double ratio(SamplerRun run, double sigma) {
        return sigma / run.sampling().signal(sigma);
    }

    /** SEEDS-2 (Gonzalez et al. 2023). */
    static Tensor seeds2(SamplerRun started) {
        double r = 0.5;
        var run = started.withFiniteSnr();
        var sampling = run.sampling();
        return run.eachStep((i, x, sigma, next, _) -> {
            var denoised = run.denoise(i, x);
            if (next == 0) {
                return denoised;
            }
            double start = sampling.halfLogSnr(sigma);
            double h = sampling.halfLogSnr(next) - start;
            double whole = 2 * h;
            double middle = sampling.sigmaOfSnr(start + r * h);
            var z = run.noise(sigma, middle).mul(spread(r * h));
            var x2 = x.mul(middle / sigma * Math.exp(-r * h)).sub(denoised.mul(sampling.signal(middle) * Math.expm1(-r * whole)))
                    .add(z.mul(middle));
            var denoised2 = run.model().denoise(x2, middle);
            var mixed = denoised.add(denoised2.sub(denoised).mul(1 / (2 * r)));
            z = continued(z, (r - 1) * h, run.noise(middle, next));
            return x.mul(next / sigma * Math.exp(-h)).sub(mixed.mul(sampling.signal(next) * Math.expm1(-whole))).add(z.mul(next));
        });
    }

    /** SEEDS-3. */
    static Tensor seeds3(SamplerRun started) {
        var run = started.withFiniteSnr();
        var sampling = run.sampling();
        double r1 = 1 / 3.0;
        double r2 = 2 / 3.0;
        return run.eachStep((i, x, sigma, next, _) -> {
            var denoised = run.denoise(i, x);
            if (next == 0) {
                return denoised;
            }
            double start = sampling.halfLogSnr(sigma);
            double h = sampling.halfLogSnr(next) - start;
            double whole = 2 * h;
            double sigma1 = sampling.sigmaOfSnr(start + r1 * h);
            double sigma2 = sampling.sigmaOfSnr(start + r2 * h);
            var z = run.noise(sigma, sigma1).mul(spread(r1 * h));
            var x2 = x.mul(sigma1 / sigma * Math.exp(-r1 * h)).sub(denoised.mul(sampling.signal(sigma1) * Math.expm1(-r1 * whole)))
                    .add(z.mul(sigma1));
            var denoised2 = run.model().denoise(x2, sigma1);
            double a2 = r2 / r1 * phi2(-r2 * whole);
            double a1 = Math.expm1(-r2 * whole) - a2;
            z = continued(z, (r1 - r2) * h, run.noise(sigma1, sigma2));
            var x3 = x.mul(sigma2 / sigma * Math.exp(-r2 * h))
                    .sub(denoised.mul(a1).add(denoised2.mul(a2)).mul(sampling.signal(sigma2))).add(z.mul(sigma2));
            var denoised3 = run.model().denoise(x3, sigma2);
            double b3 = phi2(-whole) / r2;
            double b1 = Math.expm1(-whole) - b3;
            z = continued(z, (r2 - 1) * h, run.noise(sigma2, next));
            return x.mul(next / sigma * Math.exp(-h))
                    .sub(denoised.mul(b1).add(denoised3.mul(b3)).mul(sampling.signal(next))).add(z.mul(next));
        });
    }

    private static double spread(double h) {
        return Math.sqrt(-Math.expm1(-2 * h));
    }

    /** Noise that goes on from earlier noise by some way. */
    private static Tensor continued(Tensor z, double way, Tensor fresh) {
        return z.mul(Math.exp(way)).add(fresh.mul(Math.sqrt(-Math.expm1(2 * way))));
    }

    private static double phi2(double y) {
        return (Math.expm1(y) - y) / y;
    }
}
