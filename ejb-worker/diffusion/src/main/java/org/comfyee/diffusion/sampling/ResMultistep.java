package org.comfyee.diffusion.sampling;

import org.comfyee.torch.Tensor;

/** The second-order multistep form of "Refined Exponential Solver" (Zhang et al. 2023). */
final class ResMultistep {
    private ResMultistep() {}

    /** @param guided whether the guess without the wanted text is extrapolated (CFG++) */
    static Tensor sample(SamplerRun run, double eta, boolean guided) {
        var previous = new Tensor[1];
        var lastDown = new double[1];
        return run.eachStep((i, x, sigma, next, scope) -> {
            var guess = run.guess(i, x);
            var denoised = guess.denoised();
            var basis = guided ? guess.unconditional() : denoised;
            var split = Ancestral.split(sigma, next, eta);
            Tensor stepped;
            if (split.down() == 0 || previous[0] == null) {
                stepped = guided
                        ? denoised.add(EulerSamplers.slope(x, basis, sigma).mul(split.down()))
                        : x.add(EulerSamplers.slope(x, denoised, sigma).mul(split.down() - sigma));
            } else {
                double t = -Math.log(sigma);
                double h = -Math.log(split.down()) - t;
                double c2 = (-Math.log(run.sigmas()[i - 1]) + Math.log(lastDown[0])) / h;
                double phi1 = Math.expm1(-h) / -h;
                double phi2 = (phi1 - 1) / -h;
                double b1 = finite(phi1 - phi2 / c2);
                double b2 = finite(phi2 / c2);
                var from = guided ? x.add(denoised.sub(basis)) : x;
                stepped = from.mul(Math.exp(-h)).add(basis.mul(h * b1)).add(previous[0].mul(h * b2));
            }
            previous[0] = scope.keep(basis);
            lastDown[0] = split.down();
            return next > 0 ? stepped.add(run.noise(sigma, next).mul(split.up())) : stepped;
        });
    }

    private static double finite(double value) {
        return Double.isNaN(value) ? 0 : value;
    }
}
