package org.comfyee.diffusion.sampling;

import org.comfyee.torch.Tensor;

/** CFG++ (Chung et al. 2024): samplers that take the noise from the guess without the wanted text. */
final class GuidedSamplers {
    private GuidedSamplers() {}

    static Tensor euler(SamplerRun run, double eta, double noiseScale) {
        return run.eachStep((i, x, sigma, next, _) -> {
            var guess = run.guess(i, x);
            if (next == 0) {
                return guess.denoised();
            }
            double signal = run.sampling().signal(sigma);
            double nextSignal = run.sampling().signal(next);
            var split = Ancestral.split(sigma / signal, next / nextSignal, eta);
            var d = EulerSamplers.slope(x, guess.unconditional().mul(signal), sigma);
            var stepped = guess.denoised().mul(nextSignal).add(d.mul(split.down() * nextSignal));
            return eta == 0 ? stepped : stepped.add(run.noise(sigma, next).mul(nextSignal * noiseScale * split.up()));
        });
    }

    /** Euler's method towards a guess that is moved once more as far from the unwanted one. */
    static Tensor eulerAlternative(SamplerRun run) {
        return run.eachStep((i, x, sigma, next, _) -> {
            var guess = run.guess(i, x);
            var moved = guess.denoised().mul(2).sub(guess.unconditional());
            return x.add(EulerSamplers.slope(x, moved, sigma).mul(next - sigma));
        });
    }

    static Tensor singleStep2(SamplerRun run) {
        return run.eachStep((i, x, sigma, next, _) -> {
            var guess = run.guess(i, x);
            var split = Ancestral.split(sigma, next, 1);
            var denoised = guess.denoised();
            Tensor stepped;
            if (split.down() == 0) {
                stepped = denoised.add(EulerSamplers.slope(x, guess.unconditional(), sigma).mul(split.down()));
            } else {
                double h = Math.log(sigma) - Math.log(split.down());
                double middle = Math.exp(Math.log(sigma) - h / 2);
                var shifted = x.add(denoised.sub(guess.unconditional()));
                var x2 = shifted.mul(middle / sigma).sub(denoised.mul(Math.expm1(-h / 2)));
                var second = run.model().guess(x2, (float) middle);
                // The guess without the wanted text is by now that of the second evaluation.
                var shifted2 = x.add(denoised.sub(second.unconditional()));
                stepped = shifted2.mul(split.down() / sigma).sub(second.denoised().mul(Math.expm1(-h)));
            }
            return next > 0 ? stepped.add(run.noise(sigma, next).mul(split.up())) : stepped;
        });
    }

    static Tensor multistep2(SamplerRun run) {
        var previous = new Tensor[1];
        return run.eachStep((i, x, sigma, next, scope) -> {
            var guess = run.guess(i, x);
            double h = Math.log(sigma) - Math.log(next);
            var mix = guess.unconditional().mul(-Math.exp(-h));
            if (previous[0] != null && next != 0) {
                double r = (Math.log(run.sigmas()[i - 1]) - Math.log(sigma)) / h;
                mix = mix.sub(guess.denoised().sub(previous[0]).mul(Math.expm1(-h) / (2 * r)));
            }
            previous[0] = scope.keep(guess.unconditional());
            return guess.denoised().add(mix).add(x.mul(Math.exp(-h)));
        });
    }

    static Tensor gradientEstimation(SamplerRun run) {
        var previous = new Tensor[1];
        return run.eachStep((i, x, sigma, next, scope) -> {
            var guess = run.guess(i, x);
            var d = scope.keep(EulerSamplers.slope(x, guess.unconditional(), sigma));
            var old = previous[0];
            previous[0] = d;
            if (next == 0) {
                return guess.denoised();
            }
            var stepped = guess.denoised().add(d.mul(next));
            return old == null ? stepped : stepped.add(d.sub(old).mul(next - sigma));
        });
    }
}
