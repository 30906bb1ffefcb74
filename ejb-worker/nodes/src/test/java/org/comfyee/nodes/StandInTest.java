package org.comfyee.nodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.comfyee.diffusion.checkpoint.CheckpointLoader;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.patch.Pass;
import org.comfyee.diffusion.sampling.CfgGuider;
import org.comfyee.diffusion.sampling.Sampler;
import org.comfyee.diffusion.sampling.Sampling;
import org.comfyee.diffusion.sampling.SamplingRequest;
import org.comfyee.torch.Device;
import org.comfyee.torch.Generator;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models on a device that is not the CPU: one that holds operators to what a GPU would hold them to. */
class StandInTest {
    /** One of each kind that computes something else on the device. */
    private static final Set<String> RECORDINGS = Set.of("sampler-euler", "sampler-dpmpp_sde", "prompt-weights", "cond-mask", "cond-area",
            "inpaint-noise-mask", "batch-2", "rescale-cfg", "lora-1-1", "controlnet-advanced", "vae-decode-tiled", "img2img", "sdxl-euler",
            "sd3-euler", "sd35-medium-euler", "flux-dev-euler", "flux-schnell-euler");

    @TempDir
    private static Path base;

    private static GoldenFixture fixture;

    private TensorScope scope;

    @BeforeAll
    static void prepare() throws IOException {
        fixture = new GoldenFixture(base);
    }

    @BeforeEach
    void open() {
        Torch.disableGradients();
        scope = new TensorScope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Compute on(Device device) {
        return Compute.on(device, Optional.of(ScalarType.FLOAT32), device, Optional.of(ScalarType.FLOAT32), device);
    }

    static List<GoldenFixture.Case> recordings() throws IOException {
        var recordings = GoldenFixture.runnable().stream().filter(each -> RECORDINGS.contains(each.name())).toList();
        assertEquals(RECORDINGS.size(), recordings.size(), () -> "only " + recordings);
        return recordings;
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void workflowsMakeTheSame(GoldenFixture.Case each) throws IOException {
        on(Device.STAND_IN).call(() -> {
            fixture.assertMakesTheSame(each);
            return null;
        });
    }

    private static DiffusionModel model(String checkpoint, Device device) throws IOException {
        return on(device).call(() -> CheckpointLoader.load(base.resolve("models/checkpoints/" + checkpoint + ".safetensors")).model());
    }

    private static Tensor noise(long... shape) {
        try (var random = Generator.seeded(1)) {
            return Tensor.randn(random, ScalarType.FLOAT32, shape);
        }
    }

    private static void assertNear(Tensor expected, Tensor actual, double most) {
        double error = Math.sqrt(actual.sub(expected).square().sum().item() / expected.square().sum().item());
        assertTrue(error < most, "relative error " + error);
    }

    private static Tensor guessed(DiffusionModel model, ScalarType type, long channels, long width, long pooled) {
        var computing = model.computing(Optional.of(type));
        var latents = noise(2, channels, 6, 7);
        var text = Conditioning.of(noise(1, 20, width), noise(1, pooled)).entries().getFirst();
        return computing.denoise(latents, 0.5f, computing.family().tensors(text, latents), Optional.empty(), Pass.PLAIN);
    }

    @ParameterizedTest
    @CsvSource({"tiny-flux-dev, 16, 128, 64", "tiny-flux-schnell, 16, 128, 64", "tiny-sd3, 16, 128, 128", "tiny-sd35, 16, 128, 128"})
    void transformersGuessTheSame(String checkpoint, long channels, long width, long pooled) throws IOException {
        var expected = guessed(model(checkpoint, Device.CPU), ScalarType.FLOAT32, channels, width, pooled);
        var there = model(checkpoint, Device.STAND_IN);
        assertNear(expected, guessed(there, ScalarType.FLOAT32, channels, width, pooled), 1e-4);
        assertNear(expected, guessed(there, ScalarType.BFLOAT16, channels, width, pooled), 0.05);
    }

    @ParameterizedTest
    @ValueSource(strings = {"double_blocks.0.txt_mlp.2.weight", "single_blocks.0.linear2.weight"})
    void valuesBeyondFloat16BecomeTheLargestItHolds(String weight) throws IOException {
        var model = model("tiny-flux-schnell", Device.STAND_IN).withWeights(weights -> weights.changed(
                each -> each.name().endsWith(weight) ? each.patched(each.shape(), value -> value.mul(0).add(60_000)) : each));
        assertTrue(Float.isFinite((float) guessed(model, ScalarType.FLOAT16, 16, 128, 64).abs().max().item()));
    }

    private static Tensor sampled(String node, Device device) throws IOException {
        var patched = (DiffusionModel) NodeCall.run(node, inputs(node, model("tiny-sd15", device))).getFirst();
        var wanted = Conditioning.of(noise(1, 77, 64), noise(1, 64));
        var unwanted = Conditioning.of(noise(1, 77, 64).flip(1), noise(1, 64));
        var guider = new CfgGuider(patched, wanted, Optional.of(unwanted), 4);
        var latents = Tensor.zeros(ScalarType.FLOAT32, 1, 4, 16, 16);
        var request = new SamplingRequest(guider, Sampler.EULER, new float[] {14, 3, 0.5f, 0}, latents, noise(1, 4, 16, 16),
                Optional.of(noise(1, 16, 16).sigmoid()), 1);
        return Sampling.sample(request, (_, _, _) -> {});
    }

    private static Object[] inputs(String node, DiffusionModel model) {
        return switch (node) {
            case "PerpNeg" -> new Object[] {"model", model, "empty_conditioning", Conditioning.of(noise(1, 77, 64).mul(0.5), noise(1, 64))};
            case "LatentApplyOperationCFG" -> new Object[] {
                "model", model, "operation", NodeCall.run("LatentOperationSharpen", "sharpen_radius", 2).getFirst()};
            // Else it would wait for larger pictures or later steps.
            case "HyperTile" -> new Object[] {"model", model, "tile_size", 32, "swap_size", 4};
            case "PatchModelAddDownscale" -> new Object[] {
                "model", model, "end_percent", 1.0, "downscale_method", "bislerp", "upscale_method", "bicubic"};
            case "ModelSamplingContinuousEDM" -> new Object[] {"model", model, "sampling", "edm_playground_v2.5"};
            default -> new Object[] {"model", model};
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"FreeU", "FreeU_V2", "HyperTile", "TomePatchModel", "PatchModelAddDownscale", "PerturbedAttentionGuidance",
        "SelfAttentionGuidance", "DifferentialDiffusion", "PerpNeg", "RescaleCFG", "RenormCFG", "APG", "TCFG", "FreSca", "Mahiro", "CFGZeroStar",
        "CFGNorm", "Epsilon Scaling", "LatentApplyOperationCFG", "EasyCache", "LazyCache", "UNetSelfAttentionMultiply",
        "UNetCrossAttentionMultiply", "ModelSamplingContinuousEDM"})
    void patchedModelsSampleTheSame(String node) throws IOException {
        assertNear(on(Device.CPU).call(() -> sampled(node, Device.CPU)), on(Device.STAND_IN).call(() -> sampled(node, Device.STAND_IN)), 1e-3);
    }
}
