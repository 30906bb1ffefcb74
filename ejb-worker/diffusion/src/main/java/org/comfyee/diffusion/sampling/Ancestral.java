package org.comfyee.diffusion.sampling;

/**
 * A step from one sigma to the next as a longer deterministic step and noise that is added back (Karras et al. 2022).
 *
 * @param down where the deterministic step ends
 * @param up how much noise follows
 */
record Ancestral(double down, double up) {
    static Ancestral split(double sigma, double next, double eta) {
        if (eta == 0) {
            return new Ancestral(next, 0);
        }
        double up = Math.min(next, eta * Math.sqrt(next * next * (sigma * sigma - next * next) / (sigma * sigma)));
        return new Ancestral(Math.sqrt(next * next - up * up), up);
    }
}
