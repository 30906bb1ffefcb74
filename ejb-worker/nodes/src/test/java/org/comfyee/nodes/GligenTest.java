package org.comfyee.nodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.comfyee.diffusion.checkpoint.CheckpointException;
import org.comfyee.diffusion.checkpoint.CheckpointLoader;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.gligen.Gligen;
import org.comfyee.diffusion.model.Area;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.DiffusionSampling;
import org.comfyee.diffusion.model.LatentFormat;
import org.comfyee.diffusion.model.ModelFamily;
import org.comfyee.diffusion.model.NetworkSource;
import org.comfyee.diffusion.patch.AttentionPlace;
import org.comfyee.diffusion.patch.Section;
import org.comfyee.diffusion.sampling.CfgGuider;
import org.comfyee.diffusion.sampling.Sampler;
import org.comfyee.diffusion.sampling.Sampling;
import org.comfyee.diffusion.sampling.SamplingRequest;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.diffusion.text.TextEncoder;
import org.comfyee.torch.Device;
import org.comfyee.torch.Generator;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.comfyee.torch.safetensors.SafetensorsWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Text boxes, against the equations of the GLIGEN paper; pixels of 64 channels and texts of 64. */
class GligenTest {
    private static final int CHANNELS = 64;
    private static final String FUSER = "input_blocks.1.1.transformer_blocks.0.fuser.";

    @TempDir
    private static Path directory;

    private static TextEncoder clip;
    private static Map<String, Tensor> weights;
    private static Gligen gligen;

    private TensorScope scope;

    @BeforeAll
    static void load() throws IOException {
        Torch.loadConfigured();
        var checkpoint = directory.resolve("sd15.safetensors");
        SyntheticCheckpoint.write(checkpoint, SyntheticCheckpoint.Layout.TINY_SD15);
        clip = CheckpointLoader.load(checkpoint).text();
        weights = weights();
        SafetensorsWriter.write(directory.resolve("gligen.safetensors"), weights, Map.of());
        gligen = Gligen.load(directory.resolve("gligen.safetensors"));
    }

    private static Map<String, Tensor> weights() {
        var made = new LinkedHashMap<String, Tensor>();
        try (var random = Generator.seeded(3)) {
            linear(made, random, "position_net.linears.0", 12, CHANNELS + 64, true);
            linear(made, random, "position_net.linears.2", 12, 12, true);
            linear(made, random, "position_net.linears.4", CHANNELS, 12, true);
            put(made, random, "position_net.null_positive_feature", CHANNELS);
            put(made, random, "position_net.null_position_feature", 64);
            // Blocks are sorted by number, not by name.
            for (var block : List.of("input_blocks.10.1.transformer_blocks.0.fuser.", FUSER)) {
                linear(made, random, block + "linear", CHANNELS, CHANNELS, true);
                linear(made, random, block + "attn.to_q", CHANNELS, CHANNELS, false);
                linear(made, random, block + "attn.to_k", CHANNELS, CHANNELS, false);
                linear(made, random, block + "attn.to_v", CHANNELS, CHANNELS, false);
                linear(made, random, block + "attn.to_out.0", CHANNELS, CHANNELS, true);
                linear(made, random, block + "ff.net.0.proj", 8 * CHANNELS, CHANNELS, true);
                linear(made, random, block + "ff.net.2", CHANNELS, 4 * CHANNELS, true);
                for (var norm : List.of("norm1", "norm2")) {
                    put(made, random, block + norm + ".weight", CHANNELS);
                    put(made, random, block + norm + ".bias", CHANNELS);
                }
                made.put(block + "alpha_attn", Tensor.of(new float[] {0.5f}, 1));
                made.put(block + "alpha_dense", Tensor.of(new float[] {-0.7f}, 1));
            }
        }
        return made;
    }

    private static void linear(Map<String, Tensor> made, Generator random, String name, long out, long in, boolean biased) {
        made.put(name + ".weight", Tensor.randn(random, ScalarType.FLOAT32, out, in).div(Math.sqrt(in)));
        if (biased) {
            put(made, random, name + ".bias", out);
        }
    }

    private static void put(Map<String, Tensor> made, Generator random, String name, long size) {
        made.put(name, Tensor.randn(random, ScalarType.FLOAT32, size));
    }

    @BeforeEach
    void open() {
        scope = new TensorScope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor linear(Tensor x, String name) {
        var bias = weights.get(name + ".bias");
        var product = x.matmul(weights.get(name + ".weight").transpose(0, 1));
        return bias == null ? product : product.add(bias);
    }

    private static Tensor normed(Tensor x, String name) {
        var centered = x.sub(x.mean(-1, true));
        var even = centered.div(centered.square().mean(-1, true).add(1e-5).sqrt());
        return even.mul(weights.get(name + ".weight")).add(weights.get(name + ".bias"));
    }

    /** @param boxes left, top, right and bottom edges as shares of the picture */
    private static Tensor objects(Tensor text, double[]... boxes) {
        var rows = new ArrayList<Tensor>();
        for (var box : boxes) {
            var waves = new ArrayList<Tensor>();
            var edges = Tensor.of(box, 4).to(ScalarType.FLOAT32);
            for (int f = 0; f < 8; f++) {
                waves.add(edges.mul(Math.pow(100, f / 8.0)).sin());
                waves.add(edges.mul(Math.pow(100, f / 8.0)).cos());
            }
            rows.add(Tensor.cat(List.of(text.reshape(-1), Tensor.cat(waves, 0)), 0));
        }
        while (rows.size() < 30) {
            rows.add(Tensor.cat(List.of(
                    weights.get("position_net.null_positive_feature"), weights.get("position_net.null_position_feature")), 0));
        }
        var h = linear(Tensor.stack(rows, 0), "position_net.linears.0").silu();
        return linear(linear(h, "position_net.linears.2").silu(), "position_net.linears.4").unsqueeze(0);
    }

    /** For one item and one head. */
    private static Tensor fused(Tensor x, Tensor objects) {
        var all = normed(Tensor.cat(List.of(x, linear(objects, FUSER + "linear")), 1), FUSER + "norm1");
        var scores = linear(all, FUSER + "attn.to_q").matmul(linear(all, FUSER + "attn.to_k").transpose(1, 2)).div(8).softmax(2);
        var attended = linear(scores.matmul(linear(all, FUSER + "attn.to_v")), FUSER + "attn.to_out.0").narrow(1, 0, x.size(1));
        var h = x.add(attended.mul(Math.tanh(0.5)));
        var inner = linear(normed(h, FUSER + "norm2"), FUSER + "ff.net.0.proj");
        var gated = inner.narrow(2, 0, 4 * CHANNELS).mul(inner.narrow(2, 4 * CHANNELS, 4 * CHANNELS).gelu());
        return h.add(linear(gated, FUSER + "ff.net.2").mul(Math.tanh(-0.7)));
    }

    private static Conditioning boxed(Conditioning conditioning, String text, int x, int width) {
        return (Conditioning) NodeCall.run("GLIGENTextBoxApply", "conditioning_to", conditioning, "clip", clip, "gligen_textbox_model", gligen,
                "text", text, "width", width, "height", 16, "x", x, "y", 8).getFirst();
    }

    /** A network that has the fuser and nothing else, over latents of 16 channels as pixels of 2x2 of them. */
    private static DiffusionModel model(List<Integer> batches) {
        var source = new NetworkSource(Weights.of(Map.of()), _ -> input -> {
            batches.add((int) input.x().size(0));
            long height = input.x().size(2) / 2;
            long width = input.x().size(3) / 2;
            var place = new AttentionPlace(Section.INPUT, 1, 0, 0, false, 1, height, width);
            var tokens = input.x().pixelUnshuffle(2).flatten(2, 3).transpose(1, 2).contiguous();
            var fused = input.pass().betweenAttentions(place, tokens);
            return fused.transpose(1, 2).reshape(input.x().size(0), CHANNELS, height, width).pixelShuffle(2);
        });
        return new DiffusionModel(source, ModelFamily.TEXT_ONLY, DiffusionSampling.STABLE_DIFFUSION, LatentFormat.SD3);
    }

    @Test
    void thingsOfBothTextsAreFusedBetweenTheAttentions() {
        var batches = new ArrayList<Integer>();
        var positive = boxed(boxed(ToyModel.text(1), "a cat", 16, 32), "a cat", 0, 16);
        var guider = new CfgGuider(model(batches), positive, Optional.of(ToyModel.text(0)), 1.5);
        try (var random = Generator.seeded(8)) {
            var noise = Tensor.randn(random, ScalarType.FLOAT32, 1, 16, 4, 8);
            var request = new SamplingRequest(guider, Sampler.EULER, new float[] {1, 0}, noise.mul(0), noise, Optional.empty(), 0);
            var sampled = LatentFormat.SD3.toModel(Sampling.sample(request, (_, _, _) -> {}));
            var input = noise.div(Math.sqrt(2)).pixelUnshuffle(2).flatten(2, 3).transpose(1, 2);
            // Boxes in pixels over a picture of 64x32; each text is asked alone, and the unwanted one has the same boxes.
            var objects = objects(clip.encode("a cat").pooled(), new double[] {0.25, 0.25, 0.75, 0.75}, new double[] {0, 0.25, 0.25, 0.75});
            var predicted = fused(input, objects).transpose(1, 2).reshape(1, CHANNELS, 2, 4).pixelShuffle(2);
            var expected = noise.sub(predicted);
            double error = Math.sqrt(sampled.sub(expected).square().sum().item() / expected.square().sum().item());
            assertTrue(error < 1e-5, "error " + error);
            assertEquals(List.of(1, 1), batches);
        }
    }

    @Test
    void boxesAreSharesOfTheRectangleThatIsAsked() {
        // The right half of the latents, 4x4 cells; the box keeps its distance to the edges of what is asked.
        var positive = boxed(ToyModel.text(1), "a cat", 0, 16).map(entry -> entry.with(Conditioning.AREA, new Area.Cells(4, 4, 0, 4)));
        var guider = new CfgGuider(model(new ArrayList<>()), positive, Optional.empty(), 1);
        try (var random = Generator.seeded(8)) {
            var noise = Tensor.randn(random, ScalarType.FLOAT32, 1, 16, 4, 8);
            var request = new SamplingRequest(guider, Sampler.EULER, new float[] {1, 0}, noise.mul(0), noise, Optional.empty(), 0);
            var sampled = LatentFormat.SD3.toModel(Sampling.sample(request, (_, _, _) -> {}));
            var asked = noise.narrow(3, 4, 4);
            var input = asked.div(Math.sqrt(2)).pixelUnshuffle(2).flatten(2, 3).transpose(1, 2);
            var predicted = fused(input, objects(clip.encode("a cat").pooled(), new double[] {0, 0.25, 0.5, 0.75}));
            var expected = asked.sub(predicted.transpose(1, 2).reshape(1, CHANNELS, 2, 2).pixelShuffle(2));
            assertEquals(0, sampled.narrow(3, 4, 4).sub(expected).abs().max().item(), 1e-4);
            assertEquals(0, sampled.narrow(3, 0, 4).abs().max().item(), 1e-5);
        }
    }

    @Test
    void thingsAreFusedInTheTypeOfTheNetwork() {
        var positive = boxed(ToyModel.text(1), "a cat", 16, 32);
        try (var random = Generator.seeded(8)) {
            var noise = Tensor.randn(random, ScalarType.FLOAT32, 1, 16, 4, 8);
            var exact = model(new ArrayList<>());
            var guesses = Stream.of(exact, exact.computing(Optional.of(ScalarType.BFLOAT16))).map(model -> Sampling.sample(
                    new SamplingRequest(new CfgGuider(model, positive, Optional.empty(), 1), Sampler.EULER, new float[] {1, 0}, noise.mul(0), noise,
                            Optional.empty(), 0), (_, _, _) -> {})).toList();
            double error = guesses.getLast().sub(guesses.getFirst()).square().sum().item() / guesses.getFirst().square().sum().item();
            assertTrue(error > 0 && Math.sqrt(error) < 0.05, "error " + error);
        }
    }

    @Test
    void thingsAreFusedWhereTheNetworkLies() {
        var positive = boxed(ToyModel.text(1), "a cat", 16, 32);
        try (var random = Generator.seeded(8)) {
            var noise = Tensor.randn(random, ScalarType.FLOAT32, 1, 16, 4, 8);
            var guesses = Stream.of(Device.CPU, Device.STAND_IN)
                    .map(device -> Compute.on(device, Optional.of(ScalarType.FLOAT32), Device.CPU, Optional.empty(), Device.CPU))
                    .map(compute -> compute.call(() -> Sampling.sample(
                            new SamplingRequest(new CfgGuider(model(new ArrayList<>()), positive, Optional.empty(), 1), Sampler.EULER,
                                    new float[] {1, 0}, noise.mul(0), noise, Optional.empty(), 0), (_, _, _) -> {})))
                    .toList();
            assertEquals(0, guesses.getLast().sub(guesses.getFirst()).abs().max().item(), 1e-4);
        }
    }

    @Test
    void moreThingsThanItKnowsAreRefused() {
        var conditioning = ToyModel.text(1);
        for (int i = 0; i < 31; i++) {
            conditioning = boxed(conditioning, "a cat", 8 * i, 8);
        }
        var guider = new CfgGuider(model(new ArrayList<>()), conditioning, Optional.empty(), 1);
        var noise = Tensor.zeros(ScalarType.FLOAT32, 1, 16, 4, 8);
        var request = new SamplingRequest(guider, Sampler.EULER, new float[] {1, 0}, noise, noise, Optional.empty(), 0);
        var refusal = assertThrows(IllegalArgumentException.class, () -> Sampling.sample(request, (_, _, _) -> {}));
        assertTrue(refusal.getMessage().contains("31") && refusal.getMessage().contains("30"), refusal.getMessage());
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        var other = directory.resolve("other.safetensors");
        SafetensorsWriter.write(other, Map.of("a", Tensor.of(new float[] {1}, 1)), Map.of());
        assertTrue(assertThrows(CheckpointException.class, () -> Gligen.load(other)).getMessage().contains("other.safetensors"));
    }
}
