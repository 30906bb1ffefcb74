package org.comfyee.diffusion.model;

import org.comfyee.torch.Tensor;

/**
 * Models that predict the noise, over 1000 discrete timesteps with a scaled linear schedule (Ho et al. 2020; Rombach et al.
 * 2022), in the variance-exploding form of Karras et al. 2022.
 */
public final class EpsilonSampling implements ModelSampling {
    private static final int TIMESTEPS = 1000;
    /** What ComfyUI leaves of the picture at the end of a schedule that would leave nothing: sigmas stay finite. */
    private static final double NEARLY_ZERO = 4.8973451890853435e-08;

    /** The schedule of Stable Diffusion 1.x, 2.x and XL. */
    public static final EpsilonSampling STABLE_DIFFUSION = new EpsilonSampling(scaledLinear(0.00085, 0.012));
    /** The same schedule, ending in pure noise. */
    public static final EpsilonSampling ZERO_TERMINAL = new EpsilonSampling(zeroTerminal(scaledLinear(0.00085, 0.012)));
    /** Stands for infinity, so that "from the start" holds for every sigma. */
    private static final double BEFORE_ALL = 999_999_999.9;

    private final float[] sigmas = new float[TIMESTEPS];
    private final float[] logSigmas = new float[TIMESTEPS];

    /** @param alphas how much of a picture's variance is left at each timestep */
    private EpsilonSampling(double[] alphas) {
        for (int i = 0; i < TIMESTEPS; i++) {
            double sigma = Math.sqrt((1 - alphas[i]) / alphas[i]);
            sigmas[i] = (float) sigma;
            logSigmas[i] = (float) Math.log(sigma);
        }
    }

    private static double[] scaledLinear(double betaStart, double betaEnd) {
        var alphas = new double[TIMESTEPS];
        double product = 1;
        for (int i = 0; i < TIMESTEPS; i++) {
            double root = Math.sqrt(betaStart) + (Math.sqrt(betaEnd) - Math.sqrt(betaStart)) * i / (TIMESTEPS - 1);
            product *= 1 - root * root;
            alphas[i] = product;
        }
        return alphas;
    }

    /** Moves a schedule so that it ends in pure noise (Lin et al. 2023, "Common Diffusion Noise Schedules ... are Flawed"). */
    private static double[] zeroTerminal(double[] alphas) {
        double first = Math.sqrt(alphas[0]);
        double last = Math.sqrt(alphas[TIMESTEPS - 1]);
        var moved = new double[TIMESTEPS];
        for (int i = 0; i < TIMESTEPS; i++) {
            double root = (Math.sqrt(alphas[i]) - last) * first / (first - last);
            moved[i] = root * root;
        }
        moved[TIMESTEPS - 1] = NEARLY_ZERO;
        return moved;
    }

    @Override
    public float[] sigmas() {
        return sigmas.clone();
    }

    @Override
    public float timestep(float sigma) {
        float log = (float) Math.log(sigma);
        int nearest = 0;
        for (int i = 1; i < TIMESTEPS; i++) {
            if (Math.abs(log - logSigmas[i]) < Math.abs(log - logSigmas[nearest])) {
                nearest = i;
            }
        }
        return nearest;
    }

    @Override
    public float sigma(double timestep) {
        float t = (float) Math.clamp(timestep, 0, TIMESTEPS - 1);
        int low = (int) Math.floor(t);
        int high = (int) Math.ceil(t);
        float share = t - low;
        return (float) Math.exp((1 - share) * logSigmas[low] + share * logSigmas[high]);
    }

    @Override
    public double percentToSigma(double percent) {
        if (percent <= 0) {
            return BEFORE_ALL;
        }
        return percent >= 1 ? 0 : sigma((1 - percent) * (TIMESTEPS - 1));
    }

    @Override
    public Tensor networkInput(Tensor x, float sigma) {
        return x.div(Math.sqrt((double) sigma * sigma + 1));
    }

    @Override
    public Tensor denoised(Tensor output, Tensor x, float sigma) {
        return x.sub(output.mul(sigma));
    }

    @Override
    public Tensor addNoise(Tensor latents, Tensor noise, float sigma, boolean full) {
        return noise.mul(full ? Math.sqrt(1 + (double) sigma * sigma) : sigma).add(latents);
    }

    @Override
    public Tensor removeScale(Tensor latents, float sigma) {
        return latents;
    }
}
