package org.comfyee.diffusion.sampling;

/** Samplers with options of one's own. */
public final class ConfiguredSamplers {
    private ConfiguredSamplers() {}

    /**
     * @param eta how much of each step is taken by noise, as in the others: 0 for none
     * @param noiseScale a factor for that noise, usually 1
     */
    public static SamplingMethod eulerAncestral(double eta, double noiseScale) {
        return Sampler.EULER_ANCESTRAL.with(run -> EulerSamplers.ancestral(run, eta, noiseScale));
    }

    /** The same after CFG++ (Chung et al. 2024), which needs the guess with the unwanted text at any scale. */
    public static SamplingMethod eulerAncestralCfgPp(double eta, double noiseScale) {
        return Sampler.EULER_ANCESTRAL_CFG_PP.with(run -> GuidedSamplers.euler(run, eta, noiseScale));
    }

    /** The other form of euler_cfg_pp. */
    public static SamplingMethod eulerCfgPpAlternative() {
        return Sampler.EULER_CFG_PP.with(GuidedSamplers::eulerAlternative);
    }

    /**
     * @param ratio how much larger the latents become
     * @param steps after how many they have that size; half of all if negative
     */
    public static SamplingMethod lcmUpscale(double ratio, int steps, Resizing resizing) {
        return Sampler.LCM.with(run -> {
            int growing = steps < 0 ? Math.max(run.sigmas().length / 2, 1) : Math.min(steps, run.sigmas().length);
            return EulerSamplers.lcmUpscale(run, ratio, growing, resizing);
        });
    }

    /** @param order how many slopes are used at most */
    public static SamplingMethod lms(int order) {
        return Sampler.LMS.with(run -> MultistepSamplers.lms(run, order));
    }

    /** DPM-Solver (Lu et al. 2022) with steps by estimated error; it fails where its options keep it from getting on. */
    public static SamplingMethod dpmAdaptive(DpmSolvers.Adaptive options) {
        return Sampler.DPM_ADAPTIVE.with(run -> DpmSolvers.adaptive(run, options));
    }

    /** DPM-Solver++ (Lu et al. 2022) of second order in single steps: two guesses for each. */
    public static SamplingMethod dpmPlusPlus2sAncestral(double eta, double noiseScale) {
        return Sampler.DPMPP_2S_ANCESTRAL.with(run -> DpmPlusPlusSamplers.singleStep2(run, eta, noiseScale));
    }

    /** @param share where in the step the second evaluation lies */
    public static SamplingMethod dpmPlusPlusSde(double eta, double noiseScale, double share) {
        return Sampler.DPMPP_SDE.with(run -> DpmPlusPlusSamplers.sde(run, eta, noiseScale, share));
    }

    /** @param heun whether the second order follows Heun's rule rather than that of the middle */
    public static SamplingMethod dpmPlusPlus2mSde(boolean heun, double eta, double noiseScale) {
        return Sampler.DPMPP_2M_SDE.with(run -> DpmPlusPlusSamplers.multistep2Sde(run, heun, eta, noiseScale));
    }

    /** The stochastic DPM-Solver++ of third order over the last three guesses, with Brownian noise. */
    public static SamplingMethod dpmPlusPlus3mSde(double eta, double noiseScale) {
        return Sampler.DPMPP_3M_SDE.with(run -> DpmPlusPlusSamplers.multistep3Sde(run, eta, noiseScale));
    }

    /** @param mostStages the order, 1 to 3 */
    public static SamplingMethod extendedReverse(int mostStages, double noiseScale) {
        return Sampler.ER_SDE.with(run ->
                StochasticSamplers.extendedReverse(run, StochasticSamplers::extendedReverseScale, mostStages, noiseScale));
    }

    /** The plain reversal of the noising process; of an ordinary differential equation if eta is 0. */
    public static SamplingMethod reverseTime(int mostStages, double eta, double noiseScale) {
        return Sampler.ER_SDE.with(run ->
                StochasticSamplers.extendedReverse(run, ratio -> Math.pow(ratio, eta + 1), mostStages, eta == 0 ? 0 : noiseScale));
    }

    /** SA-Solver (Xue et al. 2023). */
    public static SamplingMethod saSolver(SaSolver.Options options) {
        return Sampler.SA_SOLVER.with(run -> SaSolver.sample(run, options));
    }
}
