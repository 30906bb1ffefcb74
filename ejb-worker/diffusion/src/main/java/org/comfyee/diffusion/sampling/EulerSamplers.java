package org.comfyee.diffusion.sampling;

import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** Samplers that step along the slope {@code (x - denoised) / sigma} (Karras et al. 2022). */
final class EulerSamplers {
    private EulerSamplers() {}

    static Tensor slope(Tensor x, Tensor denoised, double sigma) {
        return x.sub(denoised).div(sigma);
    }

    static Tensor euler(SamplerRun run) {
        var x = run.start();
        for (int i = 0; i < run.steps(); i++) {
            try (var scope = new TensorScope()) {
                double sigma = run.sigmas()[i];
                var d = slope(x, run.denoise(i, x), sigma);
                x = scope.keep(x.add(d.mul(run.sigmas()[i + 1] - sigma)));
            }
        }
        return x;
    }

    static Tensor ancestral(SamplerRun run) {
        var x = run.start();
        for (int i = 0; i < run.steps(); i++) {
            try (var scope = new TensorScope()) {
                float sigma = run.sigmas()[i];
                float next = run.sigmas()[i + 1];
                var split = Ancestral.split(sigma, next, 1);
                var denoised = run.denoise(i, x);
                if (split.down() == 0) {
                    x = scope.keep(denoised);
                } else {
                    var stepped = x.add(slope(x, denoised, sigma).mul(split.down() - sigma));
                    x = scope.keep(stepped.add(run.noise().next(sigma, next).mul(split.up())));
                }
            }
        }
        return x;
    }

    /** Karras et al. 2022, algorithm 1. */
    static Tensor heun(SamplerRun run) {
        var x = run.start();
        for (int i = 0; i < run.steps(); i++) {
            try (var scope = new TensorScope()) {
                double sigma = run.sigmas()[i];
                float next = run.sigmas()[i + 1];
                var d = slope(x, run.denoise(i, x), sigma);
                var guess = x.add(d.mul(next - sigma));
                if (next != 0) {
                    var d2 = slope(guess, run.model().denoise(guess, next), next);
                    guess = x.add(d.add(d2).div(2).mul(next - sigma));
                }
                x = scope.keep(guess);
            }
        }
        return x;
    }
}
