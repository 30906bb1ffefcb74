package org.comfyee.nodes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.LatentFormat;
import org.comfyee.diffusion.sampling.Noise;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Outputs;
import org.junit.jupiter.api.Test;

/** Nodes that make and cut sigmas. */
class SigmaNodesTest {
    private static final float[] SIGMAS = {4, 2, 1, 0};

    private static float[] sigmas(Outputs outputs, int index) {
        return (float[]) outputs.values().get(index);
    }

    private static Outputs run(String node, Map<String, Object> inputs) throws Exception {
        return WorkflowFixture.REGISTRY.find(node).orElseThrow().run(new Inputs(inputs), null);
    }

    @Test
    void splitShareTheSigmaBetweenThem() throws Exception {
        var outputs = run("SplitSigmas", Map.of("sigmas", SIGMAS, "step", 1L));
        assertArrayEquals(new float[] {4, 2}, sigmas(outputs, 0));
        assertArrayEquals(new float[] {2, 1, 0}, sigmas(outputs, 1));
    }

    @Test
    void splitByDenoiseKeepsTheLastSteps() throws Exception {
        var outputs = run("SplitSigmasDenoise", Map.of("sigmas", SIGMAS, "denoise", 0.34));
        assertArrayEquals(new float[] {4, 2, 1}, sigmas(outputs, 0));
        assertArrayEquals(new float[] {1, 0}, sigmas(outputs, 1));
    }

    @Test
    void splitByNoDenoiseHasNoHighPart() throws Exception {
        var outputs = run("SplitSigmasDenoise", Map.of("sigmas", SIGMAS, "denoise", 0.0));
        assertArrayEquals(new float[0], sigmas(outputs, 0));
        assertArrayEquals(new float[] {0}, sigmas(outputs, 1));
    }

    @Test
    void flippedDoNotStartAtZero() throws Exception {
        assertArrayEquals(new float[] {0.0001f, 1, 2, 4}, sigmas(run("FlipSigmas", Map.of("sigmas", SIGMAS)), 0));
    }

    @Test
    void extendedOnlyInsideTheRange() throws Exception {
        var inputs = Map.<String, Object>of("sigmas", SIGMAS, "steps", 2L, "start_at_sigma", 2.0, "end_at_sigma", 1.5, "spacing", "linear");
        assertArrayEquals(new float[] {4, 2, 1.5f, 1, 0}, sigmas(run("ExtendIntermediateSigmas", inputs), 0));
    }

    /** This scheduler makes 7 steps where 6 are asked for. */
    @Test
    void aScheduleHasNoMoreStepsThanAskedFor() throws Exception {
        var sigmas = sigmas(run("BasicScheduler", Map.of("model", ToyModel.MODEL, "scheduler", "ddim_uniform", "steps", 6L, "denoise", 1.0)), 0);
        assertEquals(7, sigmas.length);
        assertEquals(ToyModel.MODEL.sampling().sigmas()[1 + 5 * 166], sigmas[0]);
    }

    @Test
    void karrasAndExponentialRunFromMaxToMin() throws Exception {
        var inputs = Map.<String, Object>of("steps", 3L, "sigma_max", 8.0, "sigma_min", 0.5, "rho", 7.0);
        assertArrayEquals(new float[] {8, 2, 0.5f, 0}, sigmas(run("ExponentialScheduler", inputs), 0), 1e-6f);
        double middle = Math.pow((Math.pow(8, 1 / 7.0) + Math.pow(0.5, 1 / 7.0)) / 2, 7);
        assertArrayEquals(new float[] {8, (float) middle, 0.5f, 0}, sigmas(run("KarrasScheduler", inputs), 0), 1e-6f);
    }

    @Test
    void polyexponentialOfRhoTwoLeansToTheMinimum() throws Exception {
        var inputs = Map.<String, Object>of("steps", 3L, "sigma_max", 16.0, "sigma_min", 1.0, "rho", 2.0);
        assertArrayEquals(new float[] {16, 2, 1, 0}, sigmas(run("PolyexponentialScheduler", inputs), 0), 1e-5f);
    }

    @Test
    void optimalStepsAreThoseOfTheTable() throws Exception {
        var ten = sigmas(run("OptimalStepsScheduler", Map.of("model_type", "FLUX", "steps", 10L, "denoise", 1.0)), 0);
        assertArrayEquals(new float[] {0.9968f, 0.9886f, 0.9819f, 0.975f, 0.966f, 0.9471f, 0.9158f, 0.8287f, 0.5512f, 0.2808f, 0}, ten, 1e-6f);
        var five = sigmas(run("OptimalStepsScheduler", Map.of("model_type", "Chroma", "steps", 5L, "denoise", 0.4)), 0);
        assertArrayEquals(new float[] {0.501f, 0.169f, 0}, five, 1e-6f);
        assertEquals(20, (int) sigmas(run("OptimalStepsScheduler", Map.of("model_type", "Wan", "steps", 19L, "denoise", 1.0)), 0).length);
    }

    private static float[] gits(double coefficient, long steps, double denoise) throws Exception {
        return sigmas(run("GITSScheduler", Map.of("coeff", coefficient, "steps", steps, "denoise", denoise)), 0);
    }

    @Test
    void stepsByBendingAreThoseOfTheTable() throws Exception {
        assertArrayEquals(new float[] {14.61464119f, 5.85520077f, 2.84484982f, 1.67050016f, 1.08895338f, 0.74807048f, 0.50118381f, 0.32104823f,
            0.19894916f, 0.09824532f, 0}, gits(1.2, 10, 1), 1e-5f);
        assertArrayEquals(new float[] {1.56271636f, 0}, gits(0.8, 7, 0.1), 1e-5f);
        assertArrayEquals(new float[0], gits(0.8, 7, 0));
        // Each table falls, has a sigma more than steps, and leans to lower sigmas the larger the coefficient is.
        int unknown = 0;
        for (int steps = 2; steps <= 20; steps++) {
            double before = Double.POSITIVE_INFINITY;
            for (int i = 0; i < 15; i++) {
                float[] sigmas;
                try {
                    sigmas = gits(0.8 + 0.05 * i, steps, 1);
                } catch (IllegalArgumentException e) {
                    unknown++;
                    continue;
                }
                assertEquals(steps + 1, sigmas.length);
                double sum = 0;
                for (int k = 0; k < steps; k++) {
                    assertTrue(sigmas[k] > sigmas[k + 1]);
                    sum += Math.log(sigmas[k]);
                }
                assertTrue(sum <= before + 1e-4, steps + " steps at " + (0.8 + 0.05 * i));
                before = sum;
            }
        }
        assertEquals(4, unknown);
        var forty = gits(1.2, 40, 1);
        var twenty = gits(1.2, 20, 1);
        assertEquals(41, forty.length);
        assertEquals(twenty[3], forty[6], 1e-5);
        assertEquals(Math.sqrt(twenty[3] * twenty[4]), forty[7], 1e-5);
        assertThrows(IllegalArgumentException.class, () -> gits(1.22, 5, 1));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> gits(0.8, 21, 1)).getMessage().contains("coeff 0.8 with 21 steps"));
    }

    @Test
    void alignedStepsLieBetweenThoseOfTheTable() throws Exception {
        var ten = sigmas(run("AlignYourStepsScheduler", Map.of("model_type", "SVD", "steps", 10L, "denoise", 1.0)), 0);
        assertArrayEquals(new float[] {700, 54.5f, 15.886f, 7.977f, 4.248f, 1.789f, 0.981f, 0.403f, 0.173f, 0.034f, 0}, ten, 1e-3f);
        var twenty = sigmas(run("AlignYourStepsScheduler", Map.of("model_type", "SVD", "steps", 20L, "denoise", 0.2)), 0);
        float afterFirst = (float) Math.sqrt(0.173 * 0.034);
        float afterSecond = (float) Math.sqrt(0.034 * 0.002);
        assertArrayEquals(new float[] {0.173f, afterFirst, 0.034f, afterSecond, 0}, twenty, 1e-6f);
        var none = run("AlignYourStepsScheduler", Map.of("model_type", "SD1", "steps", 10L, "denoise", 0.0));
        assertArrayEquals(new float[0], sigmas(none, 0));
    }

    private static Latent noisy(DiffusionModel model, Latent latent, float... sigmas) {
        return NodeCall.latent("AddNoise", "model", model, "noise", new LatentNoise(5, true), "sigmas", sigmas, "latent_image", latent);
    }

    @Test
    void noiseIsAddedAsFarAsTheSigmasGo() {
        Torch.loadConfigured();
        try (var _ = new TensorScope()) {
            var noise = Noise.prepare(5, Optional.empty(), 1, 4, 1, 1).toFloats();
            var latent = Latent.of(Tensor.of(new float[] {1, -2, 3, Float.POSITIVE_INFINITY}, 1, 4, 1, 1));
            var all = noisy(ToyModel.MODEL, latent, 3, 1, 0.5f).samples().toFloats();
            var single = noisy(ToyModel.MODEL, latent, 2).samples().toFloats();
            for (int i = 0; i < 3; i++) {
                assertEquals(latent.samples().toFloats()[i] + 2.5 * noise[i] / 0.18215, all[i], 1e-4);
                assertEquals(latent.samples().toFloats()[i] + 2 * noise[i] / 0.18215, single[i], 1e-4);
            }
            assertEquals(0, all[3]);
            assertSame(latent, noisy(ToyModel.MODEL, latent));
        }
    }

    @Test
    void whatIsNoNumberIsZeroInTheAutoencodersUnits() {
        Torch.loadConfigured();
        try (var _ = new TensorScope()) {
            var latent = Latent.of(Tensor.full(Float.POSITIVE_INFINITY, ScalarType.FLOAT32, 1, 16, 1, 1));
            assertArrayEquals(new float[16], noisy(ToyModel.MODEL.withLatentFormat(LatentFormat.SD3), latent, 3, 0).samples().toFloats());
            // Latents of nothing are not moved to the model's middle.
            var none = Latent.of(Tensor.zeros(ScalarType.FLOAT32, 1, 16, 1, 1));
            var noise = Noise.prepare(5, Optional.empty(), 1, 16, 1, 1).toFloats();
            assertEquals(3 * noise[7] / 1.5305 + 0.0609, noisy(ToyModel.MODEL.withLatentFormat(LatentFormat.SD3), none, 3, 0).samples().toFloats()[7], 1e-5);
        }
    }
}
