package org.comfyee.diffusion.sampling;

import org.comfyee.torch.Tensor;

/** Exponential solvers of the stochastic differential equation. */
final class StochasticSamplers {
    private static final int ER_POINTS = 200;

    private StochasticSamplers() {}

    private static Tensor noise(SamplerRun run, double sigma, double next) {
        return run.noise().next((float) sigma, (float) next);
    }

    private static double scale(double sigma) {
        return sigma * (Math.exp(Math.pow(sigma, 0.3)) + 10);
    }

    /** ER-SDE-Solver-3 (Cui et al. 2023). */
    static Tensor extendedReverse(SamplerRun run) {
        var history = new Tensor[2];
        var sigmas = run.sigmas();
        return run.eachStep((i, x, sigma, next, scope) -> {
            var denoised = run.denoise(i, x);
            if (next == 0) {
                return denoised;
            }
            double r = scale(next) / scale(sigma);
            var stepped = x.mul(r).add(denoised.mul(1 - r));
            if (i >= 1) {
                double delta = next - sigma;
                double step = -delta / ER_POINTS;
                double sum = 0;
                double weighted = 0;
                for (int k = 0; k < ER_POINTS; k++) {
                    double point = next + k * step;
                    sum += step / scale(point);
                    weighted += step * (point - sigma) / scale(point);
                }
                var first = scope.keep(denoised.sub(history[0]).div(sigma - sigmas[i - 1]));
                stepped = stepped.add(first.mul(delta + sum * scale(next)));
                if (i >= 2) {
                    var second = first.sub(history[1]).div((sigma - sigmas[i - 2]) / 2);
                    stepped = stepped.add(second.mul(delta * delta / 2 + weighted * scale(next)));
                }
                history[1] = first;
            }
            history[0] = scope.keep(denoised);
            double spread = Math.sqrt(next * next - sigma * sigma * r * r);
            return stepped.add(noise(run, sigma, next).mul(Double.isNaN(spread) ? 0 : spread));
        });
    }

    /** SEEDS-2 (Gonzalez et al. 2023). */
    static Tensor seeds2(SamplerRun run) {
        double r = 0.5;
        return run.eachStep((i, x, sigma, next, _) -> {
            var denoised = run.denoise(i, x);
            if (next == 0) {
                return denoised;
            }
            double h = Math.log(sigma) - Math.log(next);
            double whole = 2 * h;
            double middle = sigma * Math.exp(-r * h);
            var z = noise(run, sigma, middle).mul(spread(r * h));
            var x2 = x.mul(middle / sigma * Math.exp(-r * h)).sub(denoised.mul(Math.expm1(-r * whole))).add(z.mul(middle));
            var denoised2 = run.model().denoise(x2, middle);
            var mixed = denoised.add(denoised2.sub(denoised).mul(1 / (2 * r)));
            z = continued(z, (r - 1) * h, noise(run, middle, next));
            return x.mul(next / sigma * Math.exp(-h)).sub(mixed.mul(Math.expm1(-whole))).add(z.mul(next));
        });
    }

    /** SEEDS-3. */
    static Tensor seeds3(SamplerRun run) {
        double r1 = 1 / 3.0;
        double r2 = 2 / 3.0;
        return run.eachStep((i, x, sigma, next, _) -> {
            var denoised = run.denoise(i, x);
            if (next == 0) {
                return denoised;
            }
            double h = Math.log(sigma) - Math.log(next);
            double whole = 2 * h;
            double sigma1 = sigma * Math.exp(-r1 * h);
            double sigma2 = sigma * Math.exp(-r2 * h);
            var z = noise(run, sigma, sigma1).mul(spread(r1 * h));
            var x2 = x.mul(sigma1 / sigma * Math.exp(-r1 * h)).sub(denoised.mul(Math.expm1(-r1 * whole))).add(z.mul(sigma1));
            var denoised2 = run.model().denoise(x2, sigma1);
            double a2 = r2 / r1 * phi2(-r2 * whole);
            double a1 = Math.expm1(-r2 * whole) - a2;
            z = continued(z, (r1 - r2) * h, noise(run, sigma1, sigma2));
            var x3 = x.mul(sigma2 / sigma * Math.exp(-r2 * h)).sub(denoised.mul(a1).add(denoised2.mul(a2))).add(z.mul(sigma2));
            var denoised3 = run.model().denoise(x3, sigma2);
            double b3 = phi2(-whole) / r2;
            double b1 = Math.expm1(-whole) - b3;
            z = continued(z, (r2 - 1) * h, noise(run, sigma2, next));
            return x.mul(next / sigma * Math.exp(-h)).sub(denoised.mul(b1).add(denoised3.mul(b3))).add(z.mul(next));
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
