package org.comfyee.diffusion.sampling;

import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** DPM-Solver++ (Lu et al. 2022), in terms of the logarithm of sigma. */
final class DpmPlusPlusSamplers {
    private DpmPlusPlusSamplers() {}

    /** The second-order multistep method. */
    static Tensor multistep2(SamplerRun run) {
        var x = run.start();
        Tensor previous = null;
        for (int i = 0; i < run.steps(); i++) {
            try (var scope = new TensorScope()) {
                double sigma = run.sigmas()[i];
                double next = run.sigmas()[i + 1];
                double h = Math.log(sigma) - Math.log(next);
                var denoised = run.denoise(i, x);
                var target = denoised;
                if (previous != null && next != 0) {
                    double r = (Math.log(run.sigmas()[i - 1]) - Math.log(sigma)) / h;
                    target = denoised.mul(1 + 1 / (2 * r)).sub(previous.mul(1 / (2 * r)));
                }
                x = scope.keep(x.mul(next / sigma).sub(target.mul(Math.expm1(-h))));
                previous = scope.keep(denoised);
            }
        }
        return x;
    }
}
