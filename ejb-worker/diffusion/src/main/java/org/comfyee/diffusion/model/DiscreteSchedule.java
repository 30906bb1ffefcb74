package org.comfyee.diffusion.model;

/**
 * Discrete timesteps (Ho et al. 2020, "Denoising Diffusion Probabilistic Models"; Rombach et al. 2022), in the
 * variance-exploding form of Karras et al. 2022.
 */
public final class DiscreteSchedule implements NoiseSchedule {
    private static final int TIMESTEPS = 1000;
    /** What ComfyUI leaves of the picture at the end of a schedule that would leave nothing: sigmas stay finite. */
    private static final double NEARLY_ZERO = 4.8973451890853435e-08;
    /** How many timesteps one of a distilled model stands for. */
    private static final int DISTILLED_STRIDE = 20;

    /** The scaled linear schedule of Stable Diffusion 1.x, 2.x and XL: 1000 timesteps. */
    public static final DiscreteSchedule STABLE_DIFFUSION = new DiscreteSchedule(scaledLinear(0.00085, 0.012));
    /** That of the x4 upscaler of Stable Diffusion 2. */
    public static final DiscreteSchedule UPSCALER = new DiscreteSchedule(scaledLinear(0.0001, 0.02));
    /** The schedule of Stable Diffusion, ending in pure noise. */
    public static final DiscreteSchedule ZERO_TERMINAL = new DiscreteSchedule(zeroTerminal(STABLE_DIFFUSION.alphas));

    private final double[] alphas;
    private final float[] sigmas;
    private final float[] logSigmas;
    /** The timestep of the first sigma, and the distance to the next. */
    private final int first;
    private final int stride;

    /** @param alphas how much of a picture's variance is left at each timestep */
    private DiscreteSchedule(double[] alphas) {
        this.alphas = alphas;
        sigmas = new float[TIMESTEPS];
        logSigmas = new float[TIMESTEPS];
        first = 0;
        stride = 1;
        for (int i = 0; i < TIMESTEPS; i++) {
            double sigma = Math.sqrt((1 - alphas[i]) / alphas[i]);
            sigmas[i] = (float) sigma;
            logSigmas[i] = (float) Math.log(sigma);
        }
    }

    private DiscreteSchedule(DiscreteSchedule whole, int first, int stride) {
        this.alphas = whole.alphas;
        this.first = first;
        this.stride = stride;
        sigmas = new float[whole.sigmas.length / stride];
        logSigmas = new float[sigmas.length];
        for (int i = 0; i < sigmas.length; i++) {
            sigmas[i] = whole.sigmas[first + i * stride];
            logSigmas[i] = whole.logSigmas[first + i * stride];
        }
    }

    /** Every twentieth timestep, which is all that latent consistency models know (Luo et al. 2023). */
    public DiscreteSchedule distilled() {
        return new DiscreteSchedule(this, DISTILLED_STRIDE - 1, DISTILLED_STRIDE);
    }

    /** The same timesteps, moved so that they end in pure noise. */
    public DiscreteSchedule zeroTerminal() {
        return this == STABLE_DIFFUSION ? ZERO_TERMINAL : new DiscreteSchedule(zeroTerminal(alphas));
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
        double start = Math.sqrt(alphas[0]);
        double last = Math.sqrt(alphas[TIMESTEPS - 1]);
        var moved = new double[TIMESTEPS];
        for (int i = 0; i < TIMESTEPS; i++) {
            double root = (Math.sqrt(alphas[i]) - last) * start / (start - last);
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
        for (int i = 1; i < logSigmas.length; i++) {
            if (Math.abs(log - logSigmas[i]) < Math.abs(log - logSigmas[nearest])) {
                nearest = i;
            }
        }
        return first + (float) nearest * stride;
    }

    @Override
    public float sigma(double timestep) {
        float t = (float) Math.clamp((timestep - first) / stride, 0, sigmas.length - 1);
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
}
