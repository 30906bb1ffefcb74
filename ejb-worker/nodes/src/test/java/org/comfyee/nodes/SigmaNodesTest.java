package org.comfyee.nodes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
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
}
