package org.comfyee.nodes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.DiffusionSampling;
import org.comfyee.diffusion.model.LatentFormat;
import org.comfyee.diffusion.model.ModelFamily;
import org.comfyee.diffusion.model.Network;
import org.comfyee.diffusion.model.NetworkSource;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.diffusion.sampling.CfgGuider;
import org.comfyee.diffusion.sampling.Sampler;
import org.comfyee.diffusion.sampling.Sampling;
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

/** Steps that are left out, with a network whose output is 0.5 times its input and the first number of the text. */
class StepCacheTest {
    private static final float[] SIGMAS = {14, 10, 7, 5, 3.5f, 2.5f, 1.8f, 1.2f, 0.8f, 0.4f, 0};

    private TensorScope scope;
    private Tensor noise;
    /** Batch sizes of the passes. */
    private final List<Long> passes = new ArrayList<>();

    @BeforeAll
    static void load() {
        Torch.loadConfigured();
    }

    @BeforeEach
    void open() {
        scope = new TensorScope();
        try (var random = Generator.seeded(1)) {
            noise = Tensor.randn(random, ScalarType.FLOAT32, 1, 4, 16, 16);
        }
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private DiffusionModel model() {
        Network network = input -> {
            passes.add(input.x().size(0));
            return input.x().mul(0.5).add(input.get(TensorSlot.CONTEXT).narrow(1, 0, 1).narrow(2, 0, 1).unsqueeze(3));
        };
        return new DiffusionModel(new NetworkSource(Weights.of(Map.of()), _ -> network), ModelFamily.TEXT_ONLY,
                DiffusionSampling.STABLE_DIFFUSION, LatentFormat.SD15);
    }

    private DiffusionModel cached(String node, double threshold, double start, double end) {
        return (DiffusionModel) NodeCall.run(node, "model", model(), "reuse_threshold", threshold, "start_percent", start, "end_percent", end,
                "verbose", true).getFirst();
    }

    private float[] sampled(DiffusionModel model, Sampler sampler, float... sigmas) {
        passes.clear();
        var guider = new CfgGuider(model, ToyModel.text(0.1), Optional.of(ToyModel.text(-0.1)), 3);
        var latents = Tensor.zeros(ScalarType.FLOAT32, noise.shape());
        var request = new SamplingRequest(guider, sampler, sigmas, latents, noise, Optional.empty(), 1);
        return LatentFormat.SD15.toModel(Sampling.sample(request, (_, _, _) -> {})).contiguous().toFloats();
    }

    @Test
    void nothingIsLeftOutBelowAThresholdOfZero() {
        var plain = sampled(model(), Sampler.EULER, SIGMAS);
        assertArrayEquals(plain, sampled(cached("EasyCache", 0, 0, 1), Sampler.EULER, SIGMAS));
        assertEquals(10, passes.size());
        assertArrayEquals(plain, sampled(cached("LazyCache", 0, 0, 1), Sampler.EULER, SIGMAS));
        assertEquals(10, passes.size());
    }

    @Test
    void onlyTheRangeIsLeftOutOnceTheRatioIsKnown() {
        var sampling = DiffusionSampling.STABLE_DIFFUSION;
        long before = count(sampling.percentToSigma(0.3), Double.POSITIVE_INFINITY);
        long after = count(Double.NEGATIVE_INFINITY, sampling.percentToSigma(0.9));
        sampled(cached("EasyCache", 3, 0.3, 0.9), Sampler.EULER, SIGMAS);
        assertEquals(before + 2 + after, passes.size());
        // The step before the range tells what the first one of the range changed.
        sampled(cached("LazyCache", 3, 0.3, 0.9), Sampler.EULER, SIGMAS);
        assertEquals(before + 1 + after, passes.size());
    }

    /** How many steps start at sigmas above one and no higher than the other. */
    private static long count(double above, double most) {
        long count = 0;
        for (int i = 0; i < SIGMAS.length - 1; i++) {
            count += (above == Double.NEGATIVE_INFINITY ? SIGMAS[i] <= most : SIGMAS[i] > above) ? 1 : 0;
        }
        return count;
    }

    /** Two steps are worked out; in the third the network's output is its input plus what the second one added to it. */
    @Test
    void whatTheLastPassAddedIsAddedAgain() {
        float[] sigmas = {14, 10, 7, 0};
        var given = sampled(cached("EasyCache", 3, 0, 1), Sampler.EULER, sigmas);
        assertEquals(List.of(2L, 2L), passes);
        var start = noise.toFloats();
        for (int i = 0; i < given.length; i++) {
            double x = start[i] * 14;
            double[] last = new double[2];
            for (int step = 0; step < 3; step++) {
                double sigma = sigmas[step];
                double input = x / Math.sqrt(sigma * sigma + 1);
                double[] texts = {0.1, -0.1};
                double[] guesses = new double[2];
                for (int side = 0; side < 2; side++) {
                    double output = step < 2 ? 0.5 * input + texts[side] : input + last[side];
                    last[side] = output - input;
                    guesses[side] = x - sigma * output;
                }
                double guess = guesses[1] + 3 * (guesses[0] - guesses[1]);
                x += (x - guess) / sigma * (sigmas[step + 1] - sigma);
            }
            assertEquals(x, given[i], 1e-3);
        }
    }

    @Test
    void whatTheLastGuessAddedIsAddedAgain() {
        float[] sigmas = {14, 10, 7, 0};
        var given = sampled(cached("LazyCache", 3, 0, 1), Sampler.EULER, sigmas);
        assertEquals(List.of(2L, 2L), passes);
        var start = noise.toFloats();
        for (int i = 0; i < given.length; i++) {
            double x = start[i] * 14;
            double added = 0;
            for (int step = 0; step < 3; step++) {
                double sigma = sigmas[step];
                // The texts are 0.1 and -0.1, so 3 times as much guidance comes to 0.5.
                double guess = step < 2 ? x - sigma * (0.5 * x / Math.sqrt(sigma * sigma + 1) - 0.1 + 3 * 0.2) : x + added;
                added = guess - x;
                x += (x - guess) / sigma * (sigmas[step + 1] - sigma);
            }
            assertEquals(x, given[i], 1e-3);
        }
    }

    @Test
    void samplersThatNeedTheUnwantedGuessKeepTheLastOne() {
        sampled(cached("LazyCache", 3, 0, 1), Sampler.EULER_CFG_PP, 14, 10, 7, 5, 0);
        assertEquals(2, passes.size());
    }

    @Test
    void smallThresholdsLeaveOutFewerSteps() {
        sampled(cached("EasyCache", 3, 0, 1), Sampler.EULER, SIGMAS);
        int few = passes.size();
        sampled(cached("EasyCache", 0.3, 0, 1), Sampler.EULER, SIGMAS);
        int more = passes.size();
        assertTrue(few < more && more < SIGMAS.length - 1, few + " and " + more);
    }
}
