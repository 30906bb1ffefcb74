package org.comfyee.diffusion.sampling;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.comfyee.torch.Tensor;

/** Ways to go from noise to a picture; in the order that clients list them. */
public enum Sampler implements SamplingMethod {
    EULER(EulerSamplers::euler),
    EULER_CFG_PP(run -> GuidedSamplers.euler(run, 0, 0)),
    EULER_ANCESTRAL(run -> EulerSamplers.ancestral(run, 1, 1)),
    EULER_ANCESTRAL_CFG_PP(run -> GuidedSamplers.euler(run, 1, 1)),
    HEUN(EulerSamplers::heun),
    HEUNPP2(EulerSamplers::heunPlusPlus),
    DPM_2(EulerSamplers::dpm2),
    DPM_2_ANCESTRAL(EulerSamplers::dpm2Ancestral),
    LMS(run -> MultistepSamplers.lms(run, 4)),
    DPM_FAST(DpmSolvers::fast),
    DPM_ADAPTIVE(run -> DpmSolvers.adaptive(run, DpmSolvers.Adaptive.DEFAULT)),
    DPMPP_2S_ANCESTRAL(run -> DpmPlusPlusSamplers.singleStep2(run, 1, 1)),
    DPMPP_2S_ANCESTRAL_CFG_PP(GuidedSamplers::singleStep2),
    DPMPP_SDE(run -> DpmPlusPlusSamplers.sde(run, 1, 1, 0.5)),
    DPMPP_SDE_GPU(run -> DpmPlusPlusSamplers.sde(run, 1, 1, 0.5)),
    DPMPP_2M(DpmPlusPlusSamplers::multistep2),
    DPMPP_2M_CFG_PP(GuidedSamplers::multistep2),
    DPMPP_2M_SDE(run -> DpmPlusPlusSamplers.multistep2Sde(run, false, 1, 1)),
    DPMPP_2M_SDE_GPU(run -> DpmPlusPlusSamplers.multistep2Sde(run, false, 1, 1)),
    DPMPP_2M_SDE_HEUN(run -> DpmPlusPlusSamplers.multistep2Sde(run, true, 1, 1)),
    DPMPP_2M_SDE_HEUN_GPU(run -> DpmPlusPlusSamplers.multistep2Sde(run, true, 1, 1)),
    DPMPP_3M_SDE(run -> DpmPlusPlusSamplers.multistep3Sde(run, 1, 1)),
    DPMPP_3M_SDE_GPU(run -> DpmPlusPlusSamplers.multistep3Sde(run, 1, 1)),
    DDPM(EulerSamplers::ddpm),
    LCM(EulerSamplers::lcm),
    IPNDM(MultistepSamplers::ipndm),
    IPNDM_V(MultistepSamplers::ipndmVariable),
    DEIS(MultistepSamplers::deis),
    RES_MULTISTEP(run -> ResMultistep.sample(run, 0, false)),
    RES_MULTISTEP_CFG_PP(run -> ResMultistep.sample(run, 0, true)),
    RES_MULTISTEP_ANCESTRAL(run -> ResMultistep.sample(run, 1, false)),
    RES_MULTISTEP_ANCESTRAL_CFG_PP(run -> ResMultistep.sample(run, 1, true)),
    GRADIENT_ESTIMATION(EulerSamplers::gradientEstimation),
    GRADIENT_ESTIMATION_CFG_PP(GuidedSamplers::gradientEstimation),
    ER_SDE(run -> StochasticSamplers.extendedReverse(run, StochasticSamplers::extendedReverseScale, 3, 1)),
    SEEDS_2(StochasticSamplers::seeds2),
    SEEDS_3(StochasticSamplers::seeds3),
    SA_SOLVER(run -> SaSolver.sample(run, SaSolver.Options.DEFAULT)),
    SA_SOLVER_PECE(run -> SaSolver.sample(run, SaSolver.Options.DEFAULT_AGAIN)),
    DDIM(EulerSamplers::euler),
    UNI_PC(run -> UniPc.sample(run, false)),
    UNI_PC_BH2(run -> UniPc.sample(run, true));

    /** As clients know them. */
    public static final List<String> NAMES = Arrays.stream(values()).map(each -> each.name().toLowerCase(Locale.ROOT)).toList();

    private static final Set<Sampler> BROWNIAN = EnumSet.of(DPMPP_SDE, DPMPP_SDE_GPU, DPMPP_2M_SDE, DPMPP_2M_SDE_GPU, DPMPP_2M_SDE_HEUN,
            DPMPP_2M_SDE_HEUN_GPU, DPMPP_3M_SDE, DPMPP_3M_SDE_GPU);

    @FunctionalInterface
    interface Method {
        Tensor sample(SamplerRun run);
    }

    private final Method method;

    Sampler(Method method) {
        this.method = method;
    }

    /** The sampler of that name; the first one if there is none, as KSampler has it. */
    public static Sampler named(String name) {
        return values()[Math.max(NAMES.indexOf(name), 0)];
    }

    /** This sampler with other options. */
    SamplingMethod with(Method configured) {
        return new Configured(this, configured);
    }

    private record Configured(Sampler base, Method method) implements SamplingMethod {
        @Override
        public Tensor sample(SamplerRun run) {
            return run.steps() < 1 ? run.start() : method.sample(run);
        }

        @Override
        public boolean hasOwnMaskNoise() {
            return base.hasOwnMaskNoise();
        }

        @Override
        public boolean needsUnconditional() {
            return base.needsUnconditional();
        }

        @Override
        public boolean usesBrownianNoise() {
            return base.usesBrownianNoise();
        }
    }

    @Override
    public Tensor sample(SamplerRun run) {
        return run.steps() < 1 ? run.start() : method.sample(run);
    }

    @Override
    public float end(float[] sigmas) {
        return this == UNI_PC || this == UNI_PC_BH2 ? UniPc.end(sigmas) : SamplingMethod.super.end(sigmas);
    }

    @Override
    public boolean hasOwnMaskNoise() {
        return this == DDIM;
    }

    @Override
    public boolean needsUnconditional() {
        return name().endsWith("_CFG_PP");
    }

    /** Whether the schedule is made for one step more and loses its last sigma above 0. */
    public boolean discardsPenultimateSigma() {
        return this == DPM_2 || this == DPM_2_ANCESTRAL || this == UNI_PC || this == UNI_PC_BH2;
    }

    @Override
    public boolean usesBrownianNoise() {
        return BROWNIAN.contains(this);
    }
}
