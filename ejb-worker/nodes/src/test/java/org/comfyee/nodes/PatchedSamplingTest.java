package org.comfyee.nodes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Supplier;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.FlowSampling;
import org.comfyee.diffusion.model.LatentFormat;
import org.comfyee.diffusion.patch.GuidancePatch;
import org.comfyee.diffusion.patch.GuidanceStep;
import org.comfyee.diffusion.patch.ModelPatch;
import org.comfyee.diffusion.patch.NetworkPatch;
import org.comfyee.diffusion.patch.Pass;
import org.comfyee.diffusion.sampling.CfgGuider;
import org.comfyee.diffusion.sampling.DualCfgGuider;
import org.comfyee.diffusion.sampling.Guider;
import org.comfyee.diffusion.sampling.PerpNegGuider;
import org.comfyee.diffusion.sampling.Sampler;
import org.comfyee.diffusion.sampling.Sampling;
import org.comfyee.diffusion.sampling.SamplingMethod;
import org.comfyee.diffusion.sampling.SamplingRequest;
import org.comfyee.torch.Generator;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Patches in whole samplings of a model that is a formula: denoised = x - sigma (0.1 x / sqrt(sigma² + 1) + text). */
class PatchedSamplingTest {
    private static final double TEXT = 0.3;
    private static final double NEGATIVE = -0.2;
    private static final float SIGMA = 2;

    private TensorScope scope;
    private Tensor noise;

    @BeforeAll
    static void load() {
        Torch.loadConfigured();
    }

    @BeforeEach
    void open() {
        scope = new TensorScope();
        try (var random = Generator.seeded(1)) {
            noise = Tensor.randn(random, ScalarType.FLOAT32, 1, 4, 2, 2);
        }
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static double denoised(double x, double text) {
        return x - SIGMA * (0.1 * x / Math.sqrt(SIGMA * SIGMA + 1) + text);
    }

    /** One step to zero, so that what comes out is the guess. */
    private double[] guessed(Guider guider) {
        return sampled(guider, Sampler.EULER, SIGMA, 0);
    }

    private double[] sampled(Guider guider, SamplingMethod sampler, float... sigmas) {
        var latents = Tensor.zeros(ScalarType.FLOAT32, 1, 4, 2, 2);
        var request = new SamplingRequest(guider, sampler, sigmas, latents, noise, Optional.empty(), 1);
        return LatentFormat.SD15.toModel(Sampling.sample(request, (_, _, _) -> {})).contiguous().toDoubles();
    }

    private void assertGuess(Guider guider, DoubleUnaryOperator expected) {
        var values = noise.toFloats();
        var given = guessed(guider);
        for (int i = 0; i < given.length; i++) {
            assertEquals(expected.applyAsDouble(values[i] * SIGMA), given[i], 1e-4);
        }
    }

    private static Guider cfg(DiffusionModel model, double scale) {
        return new CfgGuider(model, ToyModel.text(TEXT), Optional.of(ToyModel.text(NEGATIVE)), scale);
    }

    private static DiffusionModel with(GuidancePatch patch) {
        return ToyModel.MODEL.withGuidancePatch(patch);
    }

    private static final GuidancePatch DOUBLED = new GuidancePatch() {
        @Override
        public GuidanceStep before(GuidanceStep step) {
            return step.with(step.wanted().mul(2), step.unwanted());
        }
    };

    private static final GuidancePatch MOVED = new GuidancePatch() {
        @Override
        public Tensor after(GuidanceStep step, Tensor guided) {
            return guided.add(step.wanted()).add(step.unwanted().mul(10));
        }
    };

    @Test
    void unpatchedModelsAreGuidedByBothTexts() {
        assertGuess(cfg(ToyModel.MODEL, 3), x -> denoised(x, NEGATIVE) + 3 * (denoised(x, TEXT) - denoised(x, NEGATIVE)));
        assertGuess(cfg(ToyModel.MODEL, 1), x -> denoised(x, TEXT));
    }

    @Test
    void patchesComeBeforeAndAfterTheMixture() {
        assertGuess(cfg(with(DOUBLED), 3), x -> denoised(x, NEGATIVE) + 3 * (2 * denoised(x, TEXT) - denoised(x, NEGATIVE)));
        assertGuess(cfg(with(DOUBLED).withGuidancePatch(MOVED), 3),
                x -> 8 * denoised(x, NEGATIVE) + 8 * denoised(x, TEXT));
    }

    @Test
    void unwantedTextIsNotAskedForAtScaleOneUnlessAPatchNeedsIt() {
        assertGuess(cfg(with(MOVED), 1), x -> 2 * denoised(x, TEXT));
        assertGuess(cfg(with(new GuidancePatch() {
            @Override
            public boolean needsUnwanted() {
                return true;
            }

            @Override
            public Tensor after(GuidanceStep step, Tensor guided) {
                return step.unwanted();
            }
        }), 1), x -> denoised(x, NEGATIVE));
    }

    @Test
    void otherGuidersApplyWhatComesAfterTheMixture() {
        var perpendicular = new PerpNegGuider(with(MOVED), ToyModel.text(TEXT), ToyModel.text(TEXT), ToyModel.text(0), 2, 1);
        // A negative text equal to the positive one lies along it wholly.
        assertGuess(perpendicular, x -> denoised(x, 0) + 2 * (denoised(x, TEXT) - denoised(x, 0)) + 11 * denoised(x, TEXT));
        var nested = new DualCfgGuider(with(MOVED), ToyModel.text(TEXT), ToyModel.text(0.1), ToyModel.text(NEGATIVE), 2, 3, true);
        assertGuess(nested, x -> {
            double inner = denoised(x, 0.1) + 2 * (denoised(x, TEXT) - denoised(x, 0.1)) + denoised(x, TEXT) + 10 * denoised(x, 0.1);
            return denoised(x, NEGATIVE) + 3 * (inner - denoised(x, NEGATIVE));
        });
        // All three texts are asked for at scales of 1 too.
        var plain = new DualCfgGuider(with(MOVED), ToyModel.text(TEXT), ToyModel.text(0.1), ToyModel.text(NEGATIVE), 1, 1, true);
        assertGuess(plain, x -> 2 * denoised(x, TEXT) + 10 * denoised(x, 0.1));
    }

    @Test
    void guidersOfThreeTextsApplyWhatComesBeforeTheMixture() {
        var perpendicular = new PerpNegGuider(with(DOUBLED), ToyModel.text(TEXT), ToyModel.text(0), ToyModel.text(0), 2, 1);
        assertGuess(perpendicular, x -> denoised(x, 0) + 2 * (2 * denoised(x, TEXT) - denoised(x, 0)));
    }

    @Test
    void operationsActOnTheWantedGuessAloneWhereThreeTextsGuide() {
        LatentOperation tripled = latents -> latents.mul(3);
        var model = (DiffusionModel) NodeCall.run("LatentApplyOperationCFG", "model", ToyModel.MODEL, "operation", tripled).getFirst();
        assertGuess(cfg(model, 2), x -> denoised(x, NEGATIVE) + 2 * 3 * (denoised(x, TEXT) - denoised(x, NEGATIVE)));
        assertGuess(new PerpNegGuider(model, ToyModel.text(TEXT), ToyModel.text(0), ToyModel.text(0), 2, 1),
                x -> denoised(x, 0) + 2 * (3 * denoised(x, TEXT) - denoised(x, 0)));
    }

    @Test
    void textsThatDoNotCountAreNotAskedFor() {
        var asked = new ArrayList<List<Integer>>();
        ModelPatch listening = _ -> ModelPatch.Hooks.of(new NetworkPatch() {
            @Override
            public Tensor around(Pass pass, Tensor x, Supplier<Tensor> network) {
                asked.add(pass.conditionings().stream().sorted().toList());
                return network.get();
            }
        });
        var model = ToyModel.MODEL.with(listening);
        assertGuess(perpendicular(model, 1, 0), x -> denoised(x, TEXT));
        assertGuess(perpendicular(model, 2, 0), x -> denoised(x, 0) + 2 * (denoised(x, TEXT) - denoised(x, 0)));
        guessed(perpendicular(model, 1, 0.5));
        assertEquals(List.of(List.of(0), List.of(0, 2), List.of(0, 1, 2)), asked);
    }

    private static Guider perpendicular(DiffusionModel model, double scale, double negativeScale) {
        return new PerpNegGuider(model, ToyModel.text(TEXT), ToyModel.text(NEGATIVE), ToyModel.text(0), scale, negativeScale);
    }

    @Test
    void stochasticAdamsAddsNoiseBetweenSigmasOfTheModelItWasGiven() {
        var plain = adams(ToyModel.MODEL, 0);
        // All sigmas of a flow are less than those that are sampled.
        assertArrayEquals(plain, adams(ToyModel.MODEL.withSampling(FlowSampling.shifted(3, 1000)), 1), 1e-6);
        assertFalse(Arrays.equals(plain, adams(ToyModel.MODEL, 1)));
    }

    private double[] adams(DiffusionModel given, double eta) {
        var sampler = (SamplingMethod) NodeCall.run("SamplerSASolver", "model", given, "eta", eta, "use_pece", false, "simple_order_2", false)
                .getFirst();
        return sampled(cfg(ToyModel.MODEL, 1), sampler, 4, 3, 2, 1.5f);
    }

    @Test
    void furtherQuestionsAreAnsweredAtTheSameSigma() {
        assertGuess(cfg(with(new GuidancePatch() {
            @Override
            public Tensor after(GuidanceStep step, Tensor guided) {
                var questions = step.questions();
                return questions.wanted(step.x().mul(2)).add(questions.unwanted(step.x())).add(questions.other(ToyModel.text(5), step.x()));
            }
        }), 2), x -> denoised(2 * x, TEXT) + denoised(x, NEGATIVE) + denoised(x, 5));
    }

    @Test
    void patchesStartAnewForEachSampling() {
        var starts = new int[1];
        ModelPatch counting = run -> {
            starts[0]++;
            assertArrayEquals(new float[] {SIGMA, 0}, run.sigmas());
            return ModelPatch.Hooks.of(new NetworkPatch() {});
        };
        var model = ToyModel.MODEL.with(counting);
        guessed(cfg(model, 3));
        guessed(cfg(model, 3));
        assertEquals(2, starts[0]);
    }

    @Test
    void chanceGoesOnWhereTheNoiseEnded() {
        var drawn = new float[1][];
        ModelPatch drawing = run -> {
            drawn[0] = Tensor.randn(run.random().get(), ScalarType.FLOAT32, 16).toFloats();
            return ModelPatch.Hooks.of(new NetworkPatch() {});
        };
        guessed(cfg(ToyModel.MODEL.with(drawing), 3));
        try (var same = Generator.seeded(1)) {
            Tensor.randn(same, ScalarType.FLOAT32, 1, 4, 2, 2);
            assertArrayEquals(Tensor.randn(same, ScalarType.FLOAT32, 16).toFloats(), drawn[0]);
        }
    }

    @Test
    void guessesOfConsistencyModelsGrowWhileTheyAreSampled() {
        var sampler = (SamplingMethod) NodeCall.run(
                "SamplerLCMUpscale", "scale_ratio", 2.0, "scale_steps", 2, "upscale_method", "nearest-exact").getFirst();
        var given = sampled(cfg(ToyModel.MODEL, 1), sampler, 4, 2, 0);
        // 2x2 grew to 3x3 and to 4x4: each guess is resized before noise is added to it.
        assertEquals(4 * 4 * 4, given.length);
        try (var same = Generator.seeded(1)) {
            Tensor.randn(same, ScalarType.FLOAT32, 1, 4, 2, 2);
            var first = noise.mul(4);
            var guess = first.sub(first.mul(0.1 / Math.sqrt(17)).add(TEXT).mul(4)).upsampleNearestExact(3, 3);
            var second = guess.add(Tensor.randn(same, ScalarType.FLOAT32, 1, 4, 3, 3).mul(2));
            var last = second.sub(second.mul(0.1 / Math.sqrt(5)).add(TEXT).mul(2)).upsampleNearestExact(4, 4).toDoubles();
            assertArrayEquals(last, given, 1e-4);
        }
    }

    @Test
    void alternativeOfEulerMovesTheGuessOnceMore() {
        var sampler = (SamplingMethod) NodeCall.run("SamplerEulerCFGpp", "version", "alternative").getFirst();
        var values = noise.toFloats();
        var given = sampled(cfg(ToyModel.MODEL, 1.5), sampler, SIGMA, 1);
        for (int i = 0; i < given.length; i++) {
            double x = values[i] * SIGMA;
            double unwanted = denoised(x, NEGATIVE);
            double guess = unwanted + 1.5 * (denoised(x, TEXT) - unwanted);
            double moved = 2 * guess - unwanted;
            assertEquals(x + (x - moved) / SIGMA * (1 - SIGMA), given[i], 1e-4);
        }
    }
}
