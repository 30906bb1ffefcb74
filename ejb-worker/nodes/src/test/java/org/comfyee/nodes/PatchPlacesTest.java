package org.comfyee.nodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.comfyee.diffusion.checkpoint.Checkpoint;
import org.comfyee.diffusion.checkpoint.CheckpointLoader;
import org.comfyee.diffusion.checkpoint.Placement;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.patch.AttentionInputs;
import org.comfyee.diffusion.patch.AttentionPlace;
import org.comfyee.diffusion.patch.FreeLunch;
import org.comfyee.diffusion.patch.NetworkPatch;
import org.comfyee.diffusion.patch.Pass;
import org.comfyee.diffusion.patch.Section;
import org.comfyee.diffusion.patch.SelfAttentionGuidance;
import org.comfyee.diffusion.patch.TokenMerging;
import org.comfyee.diffusion.sampling.CfgGuider;
import org.comfyee.diffusion.sampling.Sampler;
import org.comfyee.diffusion.sampling.Sampling;
import org.comfyee.diffusion.sampling.SamplingRequest;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.torch.Device;
import org.comfyee.torch.Generator;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What takes part in a network's pass works where the network lies and in its type of numbers. */
class PatchPlacesTest {
    private static final Placement SHORT = new Placement(Device.CPU, ScalarType.BFLOAT16);
    private static final Pass PASS = new Pass(List.of(), 1, List.of(0, 1), 2, 4);

    @TempDir
    private static Path base;

    private static Checkpoint checkpoint;

    @BeforeAll
    static void write() throws IOException {
        Torch.loadConfigured();
        var file = base.resolve("tiny-sd15.safetensors");
        SyntheticCheckpoint.write(file, SyntheticCheckpoint.Layout.TINY_SD15);
        checkpoint = CheckpointLoader.load(file);
    }

    private static Tensor random(long... shape) {
        try (var random = Generator.seeded(5)) {
            return Tensor.randn(random, ScalarType.FLOAT32, shape);
        }
    }

    static Stream<Named<Function<Placement, Tensor>>> passes() {
        return Stream.of(
                Named.of("FreeU", place -> {
                    var patch = new FreeLunch(Map.of(8L, new FreeLunch.Factors(1.3, 0.4)), true);
                    var joint = patch.beforeOutput(PASS, 0, new NetworkPatch.Joint(place.in(random(2, 8, 4, 6)), place.in(random(2, 4, 4, 6))));
                    return Tensor.cat(List.of(joint.h(), joint.skip()), 1);
                }),
                Named.of("token merging", place -> {
                    try (var random = Generator.seeded(2)) {
                        var patch = new TokenMerging(0.5, () -> random);
                        var self = new AttentionPlace(Section.INPUT, 1, 0, 0, false, 1, 2, 4);
                        var x = place.in(turned());
                        return patch.attended(PASS, self, patch.attentionInputs(PASS, self, new AttentionInputs(x, x, x)).query());
                    }
                }),
                Named.of("self-attention guidance", place -> {
                    var x = place.in(random(2, 8, 16));
                    return new SelfAttentionGuidance(1, 1)
                            .attend(PASS, new AttentionPlace(Section.MIDDLE, 0, 0, 0, false, 2, 2, 4), new AttentionInputs(x, x, x)).orElseThrow();
                }),
                Named.of("deep shrink", place -> {
                    var model = (DiffusionModel) NodeCall.run("PatchModelAddDownscale", "model", checkpoint.model(), "block_number", 1,
                            "downscale_factor", 2.0, "downscale_method", "bislerp", "upscale_method", "bislerp", "start_percent", 0.0,
                            "end_percent", 1.0, "downscale_after_skip", true).getFirst();
                    return ToyModel.started(model, 1, 0).network().orElseThrow().afterSkip(PASS, 1, place.in(random(1, 4, 6, 6)));
                }),
                Named.of("limits", place -> place.in(random(3, 5)).clamp(-0.5, 0.25)));
    }

    /** Tokens whose directions differ so much that rounding does not change which are alike. */
    private static Tensor turned() {
        var values = new float[16];
        for (int i = 0; i < 8; i++) {
            values[2 * i] = (float) Math.cos(0.04 * i * i);
            values[2 * i + 1] = (float) Math.sin(0.04 * i * i);
        }
        return Tensor.of(values, 1, 8, 2);
    }

    private static void assertSame(Function<Placement, Tensor> pass, Placement place, double tolerance) {
        try (var _ = new TensorScope()) {
            var wanted = pass.apply(Placement.USUAL);
            var given = pass.apply(place);
            assertEquals(place.type(), given.dtype());
            assertEquals(place.device(), given.device());
            assertEquals(0, relativeDistance(given.toFloats(), wanted.toFloats()), tolerance);
        }
    }

    private static double relativeDistance(float[] given, float[] wanted) {
        double difference = 0;
        double size = 0;
        for (int i = 0; i < wanted.length; i++) {
            difference += Math.pow(given[i] - wanted[i], 2);
            size += Math.pow(wanted[i], 2);
        }
        return Math.sqrt(difference / size);
    }

    @ParameterizedTest
    @MethodSource("passes")
    void shortTypesStayShort(Function<Placement, Tensor> pass) {
        assertSame(pass, SHORT, 0.02);
    }

    @ParameterizedTest
    @MethodSource("passes")
    void whatLiesOnAnotherDeviceStaysThere(Function<Placement, Tensor> pass) {
        assertSame(pass, new Placement(Device.STAND_IN, ScalarType.FLOAT32), 1e-5);
    }

    @Tag("gpu")
    @ParameterizedTest
    @MethodSource("passes")
    void whatLiesOnTheGpuStaysThere(Function<Placement, Tensor> pass) {
        assertSame(pass, new Placement(Device.cuda(0), ScalarType.FLOAT32), 1e-3);
    }

    private static DiffusionModel patched(DiffusionModel model) {
        var patched = model;
        for (var node : List.<Supplier<Object[]>>of(
                () -> new Object[] {"FreeU_V2"},
                () -> new Object[] {"TomePatchModel", "ratio", 0.4},
                () -> new Object[] {"HyperTile", "tile_size", 32},
                () -> new Object[] {"PatchModelAddDownscale", "downscale_method", "bislerp", "upscale_method", "bislerp"},
                () -> new Object[] {"PerturbedAttentionGuidance"},
                () -> new Object[] {"SelfAttentionGuidance"},
                () -> new Object[] {"FreSca", "freq_cutoff", 2})) {
            var call = node.get();
            var inputs = Arrays.copyOf(Arrays.copyOfRange(call, 1, call.length), call.length + 1);
            inputs[call.length - 1] = "model";
            inputs[call.length] = patched;
            patched = (DiffusionModel) NodeCall.run((String) call[0], inputs).getFirst();
        }
        return patched;
    }

    private static float[] sampled(DiffusionModel model) {
        try (var _ = new TensorScope()) {
            var text = checkpoint.text().encode("a cat");
            var conditioning = Conditioning.of(text.cond(), text.pooled());
            var guider = new CfgGuider(model, conditioning, Optional.of(conditioning), 3);
            var noise = random(1, 4, 32, 32);
            return Sampling.sample(new SamplingRequest(guider, Sampler.EULER, new float[] {14, 3, 0}, noise.mul(0), noise, Optional.empty(), 1),
                    (_, _, _) -> {}).toFloats();
        }
    }

    @Test
    void patchedModelsComputeInShortTypes() {
        var given = sampled(patched(checkpoint.model()).computing(Optional.of(ScalarType.BFLOAT16)));
        for (float value : given) {
            assertTrue(Float.isFinite(value));
        }
        assertFalse(Arrays.equals(sampled(checkpoint.model().computing(Optional.of(ScalarType.BFLOAT16))), given));
    }
}
