package org.comfyee.diffusion.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.comfyee.diffusion.model.DiffusionSampling;
import org.comfyee.diffusion.model.FlowSampling;
import org.comfyee.diffusion.model.ModelSampling;
import org.comfyee.torch.Generator;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where samplers get to from a fixed start with a toy model and known noise; computed in double precision elsewhere. */
class SamplerTest {
    private static final float[] SIGMAS = {14.6146412f, 4.08173f, 1.61289f, 0.693205f, 0.25f, 0};
    private static final float[] FLOW_SIGMAS = {1, 0.9f, 0.75f, 0.5f, 0.25f, 0};

    @BeforeAll
    static void load() {
        Torch.loadConfigured();
    }

    @ParameterizedTest
    @CsvSource({
        "euler, 0.592556 -0.810206 0.424373 0.885777, 5, 0",
        "euler_cfg_pp, 0.628366 -0.856156 0.445198 0.903116, 5, 0",
        "euler_ancestral, 0.366425 0.582574 0.040662 0.438004, 5, 4",
        "euler_ancestral_cfg_pp, 0.387607 0.582648 0.019746 0.456368, 5, 4",
        "heun, 0.609681 -0.790755 0.467747 0.871138, 9, 0",
        "heunpp2, 0.598945 -0.810256 0.433728 0.885403, 12, 0",
        "dpm_2, 0.610144 -0.800825 0.459563 0.878815, 9, 0",
        "dpm_2_ancestral, 0.341494 0.535999 0.073479 0.465439, 9, 4",
        "lms, 0.600827 -0.809751 0.435814 0.884994, 5, 0",
        "dpm_fast, 0.790354 -1.150024 0.561936 1.414428, 5, 2",
        "dpm_adaptive, 0.726148 -1.132737 0.510800 1.416481, 18, 6",
        "dpmpp_2s_ancestral, 0.359045 0.566952 0.046035 0.449306, 9, 4",
        "dpmpp_2s_ancestral_cfg_pp, 0.394244 0.572177 -0.008877 0.474683, 9, 4",
        "dpmpp_sde, 0.078379 -0.182382 -0.089173 0.427957, 9, 8",
        "dpmpp_2m, 0.613403 -0.810552 0.452060 0.884503, 5, 0",
        "dpmpp_2m_cfg_pp, 0.675620 -0.887934 0.488464 0.915438, 5, 0",
        "dpmpp_2m_sde, 0.283680 0.788014 -0.195059 0.171802, 5, 4",
        "dpmpp_2m_sde_heun, 0.258134 0.831091 -0.285003 0.073231, 5, 4",
        "dpmpp_3m_sde, 0.073370 0.821573 -0.374049 -0.149061, 5, 4",
        "ddpm, 0.366425 0.582574 0.040662 0.438004, 5, 4",
        "lcm, 0.079503 0.640517 -0.060409 0.018092, 5, 4",
        "ipndm, 0.608545 -0.805939 0.452312 0.882929, 5, 0",
        "ipndm_v, 0.608232 -0.808442 0.447768 0.884081, 5, 0",
        "deis, 0.607791 -0.809172 0.446654 0.884401, 5, 0",
        "res_multistep, 0.616964 -0.810601 0.456915 0.884288, 5, 4",
        "res_multistep_cfg_pp, 0.592385 -0.780016 0.437688 0.873408, 5, 4",
        "res_multistep_ancestral, 0.258134 0.831091 -0.285003 0.073231, 5, 4",
        "res_multistep_ancestral_cfg_pp, 0.157439 0.766958 -0.076405 0.052343, 5, 4",
        "gradient_estimation, 0.619529 -0.809153 0.464026 0.883667, 5, 0",
        "gradient_estimation_cfg_pp, 0.618056 -0.806853 0.461078 0.882016, 5, 0",
        "er_sde, 0.739031 -0.516228 0.425858 0.858633, 5, 4",
        "seeds_2, 0.088312 -0.130334 0.008282 0.488714, 9, 8",
        "seeds_3, -0.158734 -0.011241 -0.002100 0.465677, 13, 12",
        "sa_solver, 0.569963 0.743718 -0.338225 0.198860, 5, 3",
        "sa_solver_pece, 0.528939 0.732240 -0.344229 0.096320, 9, 3",
        "uni_pc, 0.630740 -0.811144 0.478114 0.885468, 5, 0",
        "uni_pc_bh2, 0.621570 -0.811610 0.464455 0.886275, 5, 0",
        "ddim, 0.592556 -0.810206 0.424373 0.885777, 5, 0"
    })
    void reachesTheKnownPoint(String name, String expected, int modelCalls, int noiseCalls) {
        var run = new Setting(DiffusionSampling.STABLE_DIFFUSION, SIGMAS, 14.6146412);
        assertReaches(run, name, expected, modelCalls, noiseCalls);
    }

    @ParameterizedTest
    @CsvSource({
        "euler, 0.364416 -0.660646 0.231051 0.806085, 5, 0",
        "euler_cfg_pp, 0.372934 -0.702314 0.228545 0.821939, 5, 0",
        "euler_ancestral, 0.082758 0.382009 0.122961 0.284789, 5, 4",
        "euler_ancestral_cfg_pp, -0.062135 0.488356 0.061754 0.002463, 5, 4",
        "heun, 0.367668 -0.652201 0.235304 0.795665, 9, 0",
        "heunpp2, 0.366763 -0.657445 0.233708 0.802046, 12, 0",
        "dpm_2, 0.368824 -0.655330 0.235821 0.798870, 9, 0",
        "dpm_2_ancestral, 0.085491 0.381682 0.118614 0.287356, 9, 4",
        "lms, 0.368660 -0.657913 0.235237 0.801806, 5, 0",
        "dpm_fast, 0.398665 -0.808380 0.247552 1.129190, 5, 2",
        "dpm_adaptive, 0.397960 -0.809122 0.247012 1.131788, 15, 5",
        "dpmpp_2s_ancestral, 0.084753 0.382479 0.120601 0.286423, 9, 4",
        "dpmpp_2s_ancestral_cfg_pp, 0.383080 -0.393926 0.248096 0.746008, 9, 4",
        "dpmpp_sde, 0.200383 -0.133142 -0.047930 0.096636, 9, 8",
        "dpmpp_2m, 0.371653 -0.659870 0.237427 0.802355, 5, 0",
        "dpmpp_2m_cfg_pp, 0.446754 -0.872892 0.203664 0.887786, 5, 0",
        "dpmpp_2m_sde, -0.186721 0.575391 -0.007726 -0.206284, 5, 4",
        "dpmpp_2m_sde_heun, -0.228330 0.608004 -0.053144 -0.281200, 5, 4",
        "dpmpp_3m_sde, -0.322560 0.569520 0.134785 -0.387780, 5, 4",
        "ddpm, 0.322341 -0.141831 0.277121 0.700363, 5, 4",
        "lcm, -0.235270 0.406044 0.118810 -0.080211, 5, 4",
        "ipndm, 0.369108 -0.658427 0.235464 0.801919, 5, 0",
        "ipndm_v, 0.379678 -0.680920 0.241978 0.831914, 5, 0",
        "deis, 0.368828 -0.658293 0.235323 0.802198, 5, 0",
        "res_multistep, 0.372398 -0.659761 0.238091 0.801943, 5, 4",
        "res_multistep_cfg_pp, 0.401790 -0.765214 0.221076 0.838550, 5, 4",
        "res_multistep_ancestral, 0.345013 0.306525 0.071503 0.604126, 5, 4",
        "res_multistep_ancestral_cfg_pp, 0.313241 0.072235 0.163327 0.621416, 5, 4",
        "gradient_estimation, 0.370802 -0.659364 0.236779 0.802201, 5, 0",
        "gradient_estimation_cfg_pp, 0.405724 -0.778335 0.219914 0.844414, 5, 0",
        "er_sde, 0.494211 0.419528 0.090622 0.392001, 5, 4",
        "seeds_2, 0.168301 -0.170176 -0.047713 0.112491, 9, 8",
        "seeds_3, -0.280156 -0.014310 -0.043491 0.044998, 13, 12",
        "sa_solver, 0.144748 0.626036 -0.220595 -0.291467, 5, 3",
        "sa_solver_pece, 0.102901 0.611835 -0.152894 -0.335833, 9, 3",
        "uni_pc, 0.373161 -0.659120 0.238984 0.801995, 5, 0",
        "uni_pc_bh2, 0.371452 -0.659675 0.237411 0.803273, 5, 0"
    })
    void reachesTheKnownPointOfAFlow(String name, String expected, int modelCalls, int noiseCalls) {
        var run = new Setting(FlowSampling.shifted(3, 1000), FLOW_SIGMAS, 1);
        assertReaches(run, name, expected, modelCalls, noiseCalls);
    }

    @Test
    void stepsMayBeTakenByNoiseAlone() {
        Denoiser toy = (x, sigma) -> new Denoiser.Guess(x.div(Math.sqrt(1 + (double) sigma * sigma)).tanh(), x);
        NoiseSampler noise = (_, _) -> Tensor.of(new double[] {0.7}, 1, 1, 1, 1);
        try (var _ = new TensorScope()) {
            var start = Tensor.of(new double[] {1.5}, 1, 1, 1, 1);
            var run = new SamplerRun(toy, start, new float[] {2, 1, 0}, noise, () -> Generator.seeded(0), DiffusionSampling.STABLE_DIFFUSION,
                    (_, _, _) -> {});
            // As much noise as there is at the second sigma, times its scale, on the first guess.
            double second = Math.tanh(1.5 / Math.sqrt(5)) + 0.7 * 1 * 3;
            assertEquals(Math.tanh(second / Math.sqrt(2)), ConfiguredSamplers.dpmPlusPlus2sAncestral(5, 3).sample(run).item(), 1e-6);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0.81, 0", "0.05, 3, 0", "0.05, 0.81, NaN"})
    void adaptiveStepsThatLeadNowhereEnd(double firstStep, double accept, double guess) {
        Denoiser toy = (x, _) -> new Denoiser.Guess(x.mul(0).add(guess), x);
        NoiseSampler noise = (_, _) -> Tensor.of(new double[] {0}, 1, 1, 1, 1);
        try (var _ = new TensorScope()) {
            var start = Tensor.of(new double[] {1.5}, 1, 1, 1, 1);
            var run = new SamplerRun(toy, start, new float[] {2, 1, 0}, noise, () -> Generator.seeded(0), DiffusionSampling.STABLE_DIFFUSION,
                    (_, _, _) -> {});
            var options = new DpmSolvers.Adaptive(3, 0.05, 0.0078, firstStep, 0, 1, 0, accept, 0, 1);
            var failure = assertThrows(IllegalStateException.class, () -> ConfiguredSamplers.dpmAdaptive(options).sample(run));
            assertTrue(failure.getMessage().startsWith("dpm_adaptive does not get on from sigma 2.0"), failure.getMessage());
        }
    }

    private record Setting(ModelSampling sampling, float[] sigmas, double start) {}

    private static void assertReaches(Setting setting, String name, String expected, int modelCalls, int noiseCalls) {
        var calls = new AtomicInteger();
        var draws = new AtomicInteger();
        Denoiser toy = (x, sigma) -> {
            calls.incrementAndGet();
            var denoised = x.div(Math.sqrt(1 + (double) sigma * sigma)).tanh();
            return new Denoiser.Guess(denoised, denoised.mul(0.8).add(0.05));
        };
        NoiseSampler noise = (_, _) -> {
            double k = draws.getAndIncrement();
            return Tensor.of(new double[] {Math.cos(k), Math.sin(k), Math.cos(2 * k + 1), Math.sin(2 * k + 1)}, 1, 4, 1, 1);
        };
        try (var _ = new TensorScope()) {
            var start = Tensor.of(new double[] {0.5, -1.2, 0.3, 2.0}, 1, 4, 1, 1).mul(setting.start());
            var run = new SamplerRun(toy, start, setting.sigmas(), noise, () -> Generator.seeded(0), setting.sampling(), (_, _, _) -> {});
            var reached = Sampler.named(name).sample(run).toDoubles();
            var wanted = Arrays.stream(expected.split(" ")).mapToDouble(Double::parseDouble).toArray();
            for (int i = 0; i < wanted.length; i++) {
                assertEquals(wanted[i], reached[i], 3e-6, Arrays.toString(reached));
            }
        }
        assertEquals(modelCalls, calls.get());
        assertEquals(noiseCalls, draws.get());
    }
}
