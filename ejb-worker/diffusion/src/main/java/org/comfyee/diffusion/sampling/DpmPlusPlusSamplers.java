package org.comfyee.diffusion.sampling;

import org.comfyee.torch.Tensor;

/** DPM-Solver++ (Lu et al. 2022) and its stochastic variants, in terms of the logarithm of sigma. */
final class DpmPlusPlusSamplers {
    private DpmPlusPlusSamplers() {}

    private static Tensor noise(SamplerRun run, double sigma, double next) {
        return run.noise().next((float) sigma, (float) next);
    }

    /** The second-order single-step method, with noise after each step. */
    static Tensor singleStep2(SamplerRun run) {
        return run.eachStep((i, x, sigma, next, _) -> {
            var split = Ancestral.split(sigma, next, 1);
            var denoised = run.denoise(i, x);
            Tensor stepped;
            if (split.down() == 0) {
                stepped = x.add(EulerSamplers.slope(x, denoised, sigma).mul(split.down() - sigma));
            } else {
                double h = Math.log(sigma) - Math.log(split.down());
                double middle = Math.exp(Math.log(sigma) - h / 2);
                var x2 = x.mul(middle / sigma).sub(denoised.mul(Math.expm1(-h / 2)));
                stepped = x.mul(split.down() / sigma).sub(run.model().denoise(x2, middle).mul(Math.expm1(-h)));
            }
            return next > 0 ? stepped.add(noise(run, sigma, next).mul(split.up())) : stepped;
        });
    }

    /** The second-order multistep method. */
    static Tensor multistep2(SamplerRun run) {
        var previous = new Tensor[1];
        return run.eachStep((i, x, sigma, next, scope) -> {
            double h = Math.log(sigma) - Math.log(next);
            var denoised = run.denoise(i, x);
            var target = denoised;
            if (previous[0] != null && next != 0) {
                double r = (Math.log(run.sigmas()[i - 1]) - Math.log(sigma)) / h;
                target = denoised.mul(1 + 1 / (2 * r)).sub(previous[0].mul(1 / (2 * r)));
            }
            previous[0] = scope.keep(denoised);
            return x.mul(next / sigma).sub(target.mul(Math.expm1(-h)));
        });
    }

    /** The stochastic single-step method with its evaluation in the middle. */
    static Tensor sde(SamplerRun run) {
        return run.eachStep((i, x, sigma, next, _) -> {
            var denoised = run.denoise(i, x);
            if (next == 0) {
                return denoised;
            }
            double start = -Math.log(sigma);
            // In single precision: Brownian noise depends on the very digits of the time that it is asked for.
            float from = (float) start;
            float to = (float) -Math.log(next);
            double middle = (float) Math.exp(-(from + (to - from) / 2));
            var first = Ancestral.split(sigma, middle, 1);
            double h1 = -Math.log(first.down()) - start;
            var x2 = x.mul(Math.exp(-h1)).sub(denoised.mul(Math.expm1(-h1))).add(noise(run, sigma, middle).mul(first.up()));
            var denoised2 = run.model().denoise(x2, middle);
            var second = Ancestral.split(sigma, next, 1);
            double h2 = -Math.log(second.down()) - start;
            return x.mul(Math.exp(-h2)).sub(denoised2.mul(Math.expm1(-h2))).add(noise(run, sigma, next).mul(second.up()));
        });
    }

    /** @param heun whether the second order follows Heun's rule rather than that of the middle */
    static Tensor multistep2Sde(SamplerRun run, boolean heun) {
        var previous = new Tensor[1];
        var lastH = new double[1];
        return run.eachStep((i, x, sigma, next, scope) -> {
            var denoised = run.denoise(i, x);
            if (next == 0) {
                return denoised;
            }
            double h = Math.log(sigma) - Math.log(next);
            double whole = 2 * h;
            var stepped = x.mul(next / sigma * Math.exp(-h)).add(denoised.mul(-Math.expm1(-whole)));
            if (previous[0] != null) {
                double r = lastH[0] / h;
                double weight = heun ? -Math.expm1(-whole) / -whole + 1 : -Math.expm1(-whole) / 2;
                stepped = stepped.add(denoised.sub(previous[0]).mul(weight / r));
            }
            previous[0] = scope.keep(denoised);
            lastH[0] = h;
            return stepped.add(noise(run, sigma, next).mul(next * Math.sqrt(-Math.expm1(-2 * h))));
        });
    }

    static Tensor multistep3Sde(SamplerRun run) {
        var history = new Tensor[2];
        var steps = new double[2];
        return run.eachStep((i, x, sigma, next, scope) -> {
            var denoised = run.denoise(i, x);
            if (next == 0) {
                return denoised;
            }
            double h = Math.log(sigma) - Math.log(next);
            double whole = 2 * h;
            var stepped = x.mul(next / sigma * Math.exp(-h)).add(denoised.mul(-Math.expm1(-whole)));
            double phi2 = Math.expm1(-whole) / whole + 1;
            if (history[1] != null) {
                double r0 = steps[0] / h;
                double r1 = steps[1] / h;
                var near = denoised.sub(history[0]).div(r0);
                var far = history[0].sub(history[1]).div(r1);
                var d1 = near.add(near.sub(far).mul(r0 / (r0 + r1)));
                var d2 = near.sub(far).div(r0 + r1);
                double phi3 = phi2 / whole - 0.5;
                stepped = stepped.add(d1.mul(phi2)).sub(d2.mul(phi3));
            } else if (history[0] != null) {
                stepped = stepped.add(denoised.sub(history[0]).mul(phi2 / (steps[0] / h)));
            }
            history[1] = history[0];
            history[0] = scope.keep(denoised);
            steps[1] = steps[0];
            steps[0] = h;
            return stepped.add(noise(run, sigma, next).mul(next * Math.sqrt(-Math.expm1(-2 * h))));
        });
    }
}
