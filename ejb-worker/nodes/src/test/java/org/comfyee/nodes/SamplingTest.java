package org.comfyee.nodes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Optional;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.FlowSampling;
import org.comfyee.diffusion.model.LatentFormat;
import org.comfyee.diffusion.model.ModelFamily;
import org.comfyee.diffusion.model.NetworkSource;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.diffusion.sampling.CfgGuider;
import org.comfyee.diffusion.sampling.Sampler;
import org.comfyee.diffusion.sampling.Sampling;
import org.comfyee.diffusion.sampling.SamplingRequest;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sampling a flow whose network guesses the sum of its text's tokens everywhere: {@code x - sum} over sigma. */
class SamplingTest {
    private static final double SCALE = LatentFormat.SD15.scale();
    private static final DiffusionModel MODEL = new DiffusionModel(
            new NetworkSource(Weights.of(Map.of()), _ -> input -> {
                var sum = input.get(TensorSlot.CONTEXT).narrow(2, 0, 1).sum(1, true).unsqueeze(3);
                return input.x().sub(sum).div(input.timesteps()[0]);
            }),
            new ModelFamily() {
                @Override
                public Map<TensorSlot, Tensor> tensors(Conditioning.Entry entry, Tensor latents) {
                    return Map.of(TensorSlot.CONTEXT, entry.text());
                }

                @Override
                public boolean repeatsTexts() {
                    return false;
                }
            },
            FlowSampling.shifted(3, 1), LatentFormat.SD15);

    private TensorScope scope;

    @BeforeAll
    static void load() {
        Torch.loadConfigured();
    }

    @BeforeEach
    void openScope() {
        scope = new TensorScope();
    }

    @AfterEach
    void closeScope() {
        scope.close();
    }

    private static Conditioning text(float... tokens) {
        return Conditioning.of(Tensor.of(tokens, 1, tokens.length, 1), Tensor.of(new float[] {0}, 1, 1));
    }

    /** Of latents of nothing and noise of 1, in the model's units. */
    private static double sampled(CfgGuider guider, Sampler sampler, float... sigmas) {
        var latents = Tensor.zeros(ScalarType.FLOAT32, 1, 4, 2, 2);
        var noise = Tensor.ones(ScalarType.FLOAT32, 1, 4, 2, 2);
        var request = new SamplingRequest(guider, sampler, sigmas, latents, noise, Optional.empty(), 1);
        return Sampling.sample(request, (_, _, _) -> {}).max().item() * SCALE;
    }

    @Test
    void aTextIsNotRepeatedToTheLengthOfAnotherWhereThatWouldCount() {
        var guider = new CfgGuider(MODEL, text(0.5f), Optional.of(text(0.2f, 0.1f)), 3);
        assertEquals(0.3 + 3 * (0.5 - 0.3), sampled(guider, Sampler.EULER, 1, 0), 1e-6);
    }

    /** The third of 4 steps of SD3 is at a quarter of the way and has the sigma 0.9, which no float is. */
    @Test
    void aRangeCountsAtTheSigmaOfTheStepThatItEndsAt() {
        var until = text(0.5f).map(entry -> entry.with(Conditioning.END_PERCENT, 0.25));
        assertEquals(0.5, sampled(new CfgGuider(MODEL, until, Optional.empty(), 1), Sampler.EULER, MODEL.sampling().sigmas()[749], 0), 1e-6);
    }

    /** A little noise is left, and what is left is scaled as if there had been no more latents than beside it. */
    @Test
    void uniPcEndsJustAboveZeroAndLatentsOfFlowsAreScaledForThat() {
        var guider = new CfgGuider(MODEL, text(0.5f), Optional.empty(), 1);
        assertEquals((0.5 + (1 - 0.5) * 0.001) / (1 - 0.001), sampled(guider, Sampler.UNI_PC, 1, 0.7f, 0.4f, 0), 1e-6);
    }
}
