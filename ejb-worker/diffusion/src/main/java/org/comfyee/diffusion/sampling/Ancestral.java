package org.comfyee.diffusion.sampling;

import org.comfyee.torch.Tensor;

/**
 * A step from one sigma to the next as a longer deterministic step and noise that is added back (Karras et al. 2022).
 *
 * @param down where the deterministic step ends
 * @param up how much noise follows
 * @param scale by what the latents are multiplied before that
 */
record Ancestral(double down, double up, double scale) {
    static Ancestral split(double sigma, double next, double eta) {
        if (eta == 0) {
            return new Ancestral(next, 0, 1);
        }
        if (Double.isInfinite(sigma)) {
            return new Ancestral(0, next, 1);
        }
        double up = Math.min(next, eta * Math.sqrt(next * next * (sigma * sigma - next * next) / (sigma * sigma)));
        return new Ancestral(Math.sqrt(next * next - up * up), up, 1);
    }

    /** As {@link #split(double, double, double)}, or its counterpart for rectified flows, whose signal shrinks as noise grows. */
    static Ancestral split(SamplerRun run, double sigma, double next, double eta) {
        if (!run.sampling().isFlow() || next == 0) {
            return split(sigma, next, eta);
        }
        double down = next * (1 + (next / sigma - 1) * eta);
        double scale = (1 - next) / (1 - down);
        return new Ancestral(down, Math.sqrt(next * next - down * down * scale * scale), eta == 0 ? 1 : scale);
    }

    /** Adds the noise back. */
    Tensor renoised(Tensor x, Tensor noise, double noiseScale) {
        var scaled = scale == 1 ? x : x.mul(scale);
        return scaled.add(noise.mul(up * noiseScale));
    }
}
