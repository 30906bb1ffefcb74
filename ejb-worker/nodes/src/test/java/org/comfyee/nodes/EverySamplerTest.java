package org.comfyee.nodes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.comfyee.diffusion.model.DiffusionSampling;
import org.comfyee.diffusion.model.DiscreteSchedule;
import org.comfyee.diffusion.model.FlowSampling;
import org.comfyee.diffusion.model.ModelSampling;
import org.comfyee.diffusion.model.Prediction;
import org.comfyee.diffusion.sampling.CfgGuider;
import org.comfyee.diffusion.sampling.Sampler;
import org.comfyee.diffusion.sampling.Sampling;
import org.comfyee.diffusion.sampling.SamplingRequest;
import org.comfyee.diffusion.sampling.Scheduler;
import org.comfyee.diffusion.sampling.Sigmas;
import org.comfyee.torch.Generator;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** All samplers with all schedulers on a model that is a formula. */
class EverySamplerTest {
    private static final Map<String, ModelSampling> KINDS = Map.of(
            "noise", DiffusionSampling.STABLE_DIFFUSION,
            "velocity to pure noise", new DiffusionSampling(Prediction.VELOCITY, DiscreteSchedule.ZERO_TERMINAL),
            "SD3", FlowSampling.shifted(3, 1000),
            "Flux", FlowSampling.flux(1.15));

    private record Length(int steps, double denoise) {}

    private static final List<Length> LENGTHS = List.of(new Length(1, 1), new Length(2, 0.4), new Length(5, 1));

    @BeforeAll
    static void load() {
        Torch.loadConfigured();
    }

    static Stream<String> kinds() {
        return KINDS.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everySamplerEndsInFiniteLatentsWithEveryScheduler(String kind) {
        var broken = new ArrayList<String>();
        for (var sampler : Sampler.values()) {
            for (var scheduler : Scheduler.values()) {
                for (var length : LENGTHS) {
                    var result = outcome(KINDS.get(kind), sampler, scheduler, length);
                    if (!result.equals("finite")) {
                        broken.add("%s with %s and %s: %s".formatted(sampler, scheduler, length, result));
                    }
                }
            }
        }
        assertEquals(List.of(), broken, () -> String.join("\n", broken));
    }

    private static String outcome(ModelSampling sampling, Sampler sampler, Scheduler scheduler, Length length) {
        try (var _ = new TensorScope(); var random = Generator.seeded(1)) {
            var latents = Tensor.full(0.5, ScalarType.FLOAT32, 1, 4, 2, 2);
            var noise = Tensor.randn(random, ScalarType.FLOAT32, 1, 4, 2, 2);
            var model = ToyModel.MODEL.withSampling(sampling);
            var sigmas = Sigmas.scheduled(sampling, scheduler, length.steps(), length.denoise(), sampler.discardsPenultimateSigma());
            var guider = new CfgGuider(model, ToyModel.text(0.3), Optional.of(ToyModel.text(-0.2)), 3);
            var sampled = Sampling.sample(new SamplingRequest(guider, sampler, sigmas, latents, noise, Optional.empty(), 1), (_, _, _) -> {});
            return Double.isFinite(sampled.abs().max().item()) ? "finite" : "not finite";
        } catch (RuntimeException e) {
            return e.toString();
        }
    }
}
