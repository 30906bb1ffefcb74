package org.comfyee.diffusion.sampling;

import org.comfyee.diffusion.model.ModelSampling;
import org.comfyee.torch.Tensor;

/** DPM-Solver++ (Lu et al. 2022) and its stochastic variants, in terms of the logarithm of signal over noise. */
final class DpmPlusPlusSamplers {
    /** Stands for pure noise of a flow, which has no logarithm. */
    private static final double NEARLY_PURE_NOISE = 0.9999;

    private DpmPlusPlusSamplers() {}

    /** The second-order single-step method, with noise after each step. */
    static Tensor singleStep2(SamplerRun run, double eta, double noiseScale) {
        return run.eachStep((i, x, sigma, next, _) -> {
            var split = Ancestral.split(run, sigma, next, eta);
            var denoised = run.denoise(i, x);
            Tensor stepped;
            if (split.down() == 0) {
                stepped = x.add(EulerSamplers.slope(x, denoised, sigma).mul(split.down() - sigma));
            } else {
                double middle = middle(run, sigma, split.down());
                var x2 = towards(x, denoised, middle / sigma);
                stepped = towards(x, run.model().denoise(x2, middle), split.down() / sigma);
            }
            return next > 0 ? split.renoised(stepped, run.noise(sigma, next), noiseScale) : stepped;
        });
    }

    private static double middle(SamplerRun run, double sigma, double down) {
        var sampling = run.sampling();
        return sampling.isFlow() && sigma == 1
                ? NEARLY_PURE_NOISE
                : sampling.sigmaOfSnr((sampling.halfLogSnr(sigma) + sampling.halfLogSnr(down)) / 2);
    }

    /** As much of x as is left of the noise, and for the rest the picture. */
    private static Tensor towards(Tensor x, Tensor denoised, double share) {
        return x.mul(share).add(denoised.mul(1 - share));
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

    /**
     * The stochastic single-step method.
     *
     * @param share where in the step its second evaluation lies
     */
    static Tensor sde(SamplerRun started, double eta, double noiseScale, double share) {
        var run = started.withFiniteSnr();
        var sampling = run.sampling();
        return run.eachStep((i, x, sigma, next, _) -> {
            var denoised = run.denoise(i, x);
            if (next == 0) {
                return denoised;
            }
            // In single precision: Brownian noise depends on the very digits of the time that it is asked for.
            float from = halfLogSnr(sampling, (float) sigma);
            float to = halfLogSnr(sampling, (float) next);
            double middle = sigmaOfSnr(sampling, from + (float) share * (to - from));
            var x2 = stochasticStep(run, new Stretch(sigma, middle, eta), x, denoised, noiseScale);
            double weight = 1 / (2 * share);
            var denoised2 = run.model().denoise(x2, middle);
            var mixed = weight == 1 ? denoised2 : denoised.mul(1 - weight).add(denoised2.mul(weight));
            return stochasticStep(run, new Stretch(sigma, next, eta), x, mixed, noiseScale);
        });
    }

    private static float halfLogSnr(ModelSampling sampling, float sigma) {
        return -(float) Math.log(sampling.isFlow() ? sigma / (1 - sigma) : sigma);
    }

    private static float sigmaOfSnr(ModelSampling sampling, float halfLogSnr) {
        return sampling.isFlow() ? 1 / (1 + (float) Math.exp(halfLogSnr)) : (float) Math.exp(-halfLogSnr);
    }

    private record Stretch(double sigma, double next, double eta) {}

    private static Tensor stochasticStep(SamplerRun run, Stretch stretch, Tensor x, Tensor denoised, double noiseScale) {
        double signal = run.sampling().signal(stretch.sigma());
        double nextSignal = run.sampling().signal(stretch.next());
        double noise = stretch.sigma() / signal;
        var split = Ancestral.split(noise, stretch.next() / nextSignal, stretch.eta());
        double left = split.down() / noise;
        return x.mul(nextSignal / signal * left)
                .add(denoised.mul(nextSignal * (1 - left)))
                .add(run.noise(stretch.sigma(), stretch.next()).mul(nextSignal * noiseScale * split.up()));
    }

    /** @param heun whether the second order follows Heun's rule rather than that of the middle */
    static Tensor multistep2Sde(SamplerRun started, boolean heun, double eta, double noiseScale) {
        var run = started.withFiniteSnr();
        var previous = new Tensor[1];
        var lastH = new double[1];
        return run.eachStep((i, x, sigma, next, scope) -> {
            var denoised = run.denoise(i, x);
            if (next == 0) {
                return denoised;
            }
            double h = step(run, sigma, next);
            double whole = h * (1 + eta);
            double signal = run.sampling().signal(next);
            var stepped = firstOrder(x, denoised, new Stretch(sigma, next, eta), h, signal);
            if (previous[0] != null) {
                double r = lastH[0] / h;
                double weight = heun ? -Math.expm1(-whole) / -whole + 1 : -Math.expm1(-whole) / 2;
                stepped = stepped.add(denoised.sub(previous[0]).mul(signal * weight / r));
            }
            previous[0] = scope.keep(denoised);
            lastH[0] = h;
            return noised(run, stepped, new Stretch(sigma, next, eta), h, noiseScale);
        });
    }

    private static double step(SamplerRun run, double sigma, double next) {
        return run.sampling().halfLogSnr(next) - run.sampling().halfLogSnr(sigma);
    }

    private static Tensor firstOrder(Tensor x, Tensor denoised, Stretch stretch, double h, double signal) {
        return x.mul(stretch.next() / stretch.sigma() * Math.exp(-h * stretch.eta()))
                .add(denoised.mul(-signal * Math.expm1(-h * (1 + stretch.eta()))));
    }

    private static Tensor noised(SamplerRun run, Tensor x, Stretch stretch, double h, double noiseScale) {
        return stretch.eta() == 0 ? x : x.add(run.noise(stretch.sigma(), stretch.next())
                .mul(stretch.next() * Math.sqrt(-Math.expm1(-2 * h * stretch.eta())) * noiseScale));
    }

    static Tensor multistep3Sde(SamplerRun started, double eta, double noiseScale) {
        var run = started.withFiniteSnr();
        var history = new Tensor[2];
        var steps = new double[2];
        return run.eachStep((i, x, sigma, next, scope) -> {
            var denoised = run.denoise(i, x);
            if (next == 0) {
                return denoised;
            }
            double h = step(run, sigma, next);
            double whole = h * (1 + eta);
            double signal = run.sampling().signal(next);
            var stepped = firstOrder(x, denoised, new Stretch(sigma, next, eta), h, signal);
            double phi2 = Math.expm1(-whole) / whole + 1;
            if (history[1] != null) {
                double r0 = steps[0] / h;
                double r1 = steps[1] / h;
                var near = denoised.sub(history[0]).div(r0);
                var far = history[0].sub(history[1]).div(r1);
                var d1 = near.add(near.sub(far).mul(r0 / (r0 + r1)));
                var d2 = near.sub(far).div(r0 + r1);
                double phi3 = phi2 / whole - 0.5;
                stepped = stepped.add(d1.mul(signal * phi2)).sub(d2.mul(signal * phi3));
            } else if (history[0] != null) {
                stepped = stepped.add(denoised.sub(history[0]).mul(signal * phi2 / (steps[0] / h)));
            }
            history[1] = history[0];
            history[0] = scope.keep(denoised);
            steps[1] = steps[0];
            steps[0] = h;
            return noised(run, stepped, new Stretch(sigma, next, eta), h, noiseScale);
        });
    }
}
