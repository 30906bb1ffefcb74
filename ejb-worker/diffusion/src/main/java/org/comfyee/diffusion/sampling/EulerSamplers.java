package org.comfyee.diffusion.sampling;

import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;

/** Samplers that step along the slope {@code (x - denoised) / sigma} (Karras et al. 2022). */
final class EulerSamplers {
    private EulerSamplers() {}

    static Tensor slope(Tensor x, Tensor denoised, double sigma) {
        return x.sub(denoised).div(sigma);
    }

    static Tensor euler(SamplerRun run) {
        return run.eachStep((i, x, sigma, next, _) -> x.add(slope(x, run.denoise(i, x), sigma).mul(next - sigma)));
    }

    /** @param eta how much of each step is taken by noise */
    static Tensor ancestral(SamplerRun run, double eta, double noiseScale) {
        return run.eachStep((i, x, sigma, next, _) -> {
            var split = Ancestral.split(run, sigma, next, eta);
            var denoised = run.denoise(i, x);
            if (split.down() == 0) {
                return denoised;
            }
            var stepped = x.add(slope(x, denoised, sigma).mul(split.down() - sigma));
            return split.up() == 0 ? stepped : split.renoised(stepped, run.noise(sigma, next), noiseScale);
        });
    }

    /** Karras et al. 2022, algorithm 1. */
    static Tensor heun(SamplerRun run) {
        return run.eachStep((i, x, sigma, next, _) -> {
            var d = slope(x, run.denoise(i, x), sigma);
            var guess = x.add(d.mul(next - sigma));
            if (next == 0) {
                return guess;
            }
            var d2 = slope(guess, run.model().denoise(guess, next), next);
            return x.add(d.add(d2).div(2).mul(next - sigma));
        });
    }

    /** Heun's method with weights by sigma, and a third evaluation where there is room for it. */
    static Tensor heunPlusPlus(SamplerRun run) {
        var sigmas = run.sigmas();
        double end = sigmas[sigmas.length - 1];
        return run.eachStep((i, x, sigma, next, _) -> {
            var d = slope(x, run.denoise(i, x), sigma);
            var x2 = x.add(d.mul(next - sigma));
            if (next == end) {
                return x2;
            }
            var d2 = slope(x2, run.model().denoise(x2, next), next);
            double third = sigmas[i + 2];
            if (third == end) {
                double w2 = next / (2 * sigmas[0]);
                return x.add(d.mul(1 - w2).add(d2.mul(w2)).mul(next - sigma));
            }
            var x3 = x2.add(d2.mul(third - next));
            var d3 = slope(x3, run.model().denoise(x3, third), third);
            double w2 = next / (3 * sigmas[0]);
            double w3 = third / (3 * sigmas[0]);
            return x.add(d.mul(1 - w2 - w3).add(d2.mul(w2)).add(d3.mul(w3)).mul(next - sigma));
        });
    }

    static Tensor dpm2(SamplerRun run) {
        return run.eachStep((i, x, sigma, next, _) -> midpoint(run, i, x, sigma, next));
    }

    static Tensor dpm2Ancestral(SamplerRun run) {
        return run.eachStep((i, x, sigma, next, _) -> {
            var split = Ancestral.split(run, sigma, next, 1);
            var stepped = midpoint(run, i, x, sigma, split.down());
            return split.down() == 0 ? stepped : split.renoised(stepped, run.noise(sigma, next), 1);
        });
    }

    /** A step by the slope in its geometric middle. */
    private static Tensor midpoint(SamplerRun run, int i, Tensor x, double sigma, double target) {
        var d = slope(x, run.denoise(i, x), sigma);
        if (target == 0) {
            return x.add(d.mul(target - sigma));
        }
        double middle = Math.sqrt(sigma * target);
        var x2 = x.add(d.mul(middle - sigma));
        return x.add(slope(x2, run.model().denoise(x2, middle), middle).mul(target - sigma));
    }

    /** Ho et al. 2020. */
    static Tensor ddpm(SamplerRun run) {
        return run.eachStep((i, x, sigma, next, _) -> {
            var epsilon = slope(x, run.denoise(i, x), sigma);
            double alphas = 1 / (sigma * sigma + 1);
            double alphasNext = 1 / (next * next + 1);
            double alpha = alphas / alphasNext;
            var scaled = x.div(Math.sqrt(1 + sigma * sigma));
            var mean = scaled.sub(epsilon.mul((1 - alpha) / Math.sqrt(1 - alphas))).mul(Math.sqrt(1 / alpha));
            if (next == 0) {
                return mean;
            }
            double spread = Math.sqrt((1 - alpha) * (1 - alphasNext) / (1 - alphas));
            return mean.add(run.noise(sigma, next).mul(spread)).mul(Math.sqrt(1 + next * next));
        });
    }

    /** Luo et al. 2023, "Latent Consistency Models": each guess is noised anew. */
    static Tensor lcm(SamplerRun run) {
        return run.eachStep((i, x, sigma, next, _) -> {
            var denoised = run.denoise(i, x);
            return next == 0 ? denoised : run.sampling().addNoise(denoised, run.noise(sigma, next), (float) next, false);
        });
    }

    /** As {@link #lcm}, with guesses that grow: in even steps, until they are so many times as large, after a number of steps. */
    static Tensor lcmUpscale(SamplerRun run, double ratio, int growingSteps, Resizing resizing) {
        long height = run.start().size(2);
        long width = run.start().size(3);
        return run.eachStep((i, x, sigma, next, _) -> {
            var grown = run.denoise(i, x);
            if (i < growingSteps) {
                double factor = 1 + (ratio - 1) * (i + 1) / growingSteps;
                grown = resizing.resize(grown, (int) Math.rint(width * factor), (int) Math.rint(height * factor));
            }
            return next == 0 ? grown : grown.add(Tensor.randn(run.chance().get(), ScalarType.FLOAT32, grown.shape()).mul(next));
        });
    }

    /** Permenter and Yuan 2023, "Interpreting and Improving Diffusion Models": leans against the change of the slope. */
    static Tensor gradientEstimation(SamplerRun run) {
        var previous = new Tensor[1];
        return run.eachStep((i, x, sigma, next, scope) -> {
            var denoised = run.denoise(i, x);
            var d = scope.keep(slope(x, denoised, sigma));
            var old = previous[0];
            previous[0] = d;
            if (next == 0) {
                return denoised;
            }
            var stepped = x.add(d.mul(next - sigma));
            return old == null ? stepped : stepped.add(d.sub(old).mul(next - sigma));
        });
    }
}
