package org.comfyee.nodes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.comfyee.diffusion.checkpoint.CheckpointLoader;
import org.comfyee.diffusion.checkpoint.Checkpoint;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.NetworkInput;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.diffusion.patch.GuidancePatch;
import org.comfyee.diffusion.patch.NetworkPatch;
import org.comfyee.diffusion.patch.Pass;
import org.comfyee.diffusion.patch.SkippedLayers;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.diffusion.text.TextEncoder;
import org.comfyee.torch.Generator;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nodes that change how a network runs, on networks of synthetic weights. */
class PatchNodesTest {
    @TempDir
    private static Path directory;

    private static Checkpoint sd15;

    private TensorScope scope;
    private Generator random;
    private Tensor latents;

    @BeforeAll
    static void load() throws IOException {
        Torch.loadConfigured();
        var file = directory.resolve("sd15.safetensors");
        SyntheticCheckpoint.write(file, SyntheticCheckpoint.Layout.TINY_SD15);
        sd15 = CheckpointLoader.load(file);
    }

    @BeforeEach
    void open() {
        scope = new TensorScope();
        random = Generator.seeded(5);
        latents = Tensor.randn(random, ScalarType.FLOAT32, 1, 4, 16, 16);
    }

    @AfterEach
    void close() {
        random.close();
        scope.close();
    }

    private static DiffusionModel patched(String node, Object... namesAndValues) {
        var all = new Object[namesAndValues.length + 2];
        all[0] = "model";
        all[1] = sd15.model();
        System.arraycopy(namesAndValues, 0, all, 2, namesAndValues.length);
        return (DiffusionModel) NodeCall.run(node, all).getFirst();
    }

    private static NetworkPatch network(DiffusionModel model) {
        return ToyModel.started(model, 1, 0).network().orElseThrow();
    }

    private Tensor predicted(DiffusionModel model, float sigma, NetworkPatch... patches) {
        var text = Tensor.randn(Generator.seeded(9), ScalarType.FLOAT32, 1, 5, 64);
        var pass = new Pass(List.of(patches), sigma, List.of(0), latents.size(2), latents.size(3));
        return model.source().network().predict(
                new NetworkInput(latents, new float[] {500}, Map.of(TensorSlot.CONTEXT, text), Optional.empty(), pass));
    }

    private static double distance(Tensor one, Tensor other) {
        return Math.sqrt(one.sub(other).square().sum().item() / other.square().sum().item());
    }

    @Test
    void freeLunchAmplifiesHalfOfWhatTheDecoderCarries() {
        var h = Tensor.randn(random, ScalarType.FLOAT32, 2, 128, 4, 4);
        var skip = Tensor.randn(random, ScalarType.FLOAT32, 2, 64, 4, 4);
        var joint = network(patched("FreeU", "b1", 1.5, "s1", 1.0)).beforeOutput(Pass.PLAIN, 0, new NetworkPatch.Joint(h, skip));
        assertTrue(distance(joint.h().narrow(1, 0, 64), h.narrow(1, 0, 64).mul(1.5)) < 1e-6);
        assertTrue(distance(joint.h().narrow(1, 64, 64), h.narrow(1, 64, 64)) == 0);
        assertTrue(distance(joint.skip(), skip) < 1e-6);
        var second = network(patched("FreeU_V2", "b2", 1.8, "s2", 1.0));
        var narrow = h.narrow(1, 0, 64);
        var adapted = second.beforeOutput(Pass.PLAIN, 0, new NetworkPatch.Joint(narrow, skip)).h().contiguous().toFloats();
        var values = narrow.contiguous().toFloats();
        for (int item = 0; item < 2; item++) {
            var means = new double[16];
            for (int i = 0; i < 64 * 16; i++) {
                means[i % 16] += values[item * 1024 + i] / 64;
            }
            double low = Arrays.stream(means).min().orElseThrow();
            double high = Arrays.stream(means).max().orElseThrow();
            for (int i = 0; i < 1024; i++) {
                double factor = i < 512 ? 0.8 * (means[i % 16] - low) / (high - low) + 1 : 1;
                assertEquals(values[item * 1024 + i] * factor, adapted[item * 1024 + i], 1e-5);
            }
        }
        // A side of one cell has one frequency, which is a low one. The column is 2 + 2 cos(i pi / 2), of which the mean and one of the two
        // turning halves of the cosine are weakened.
        var weakening = network(patched("FreeU", "b1", 1.0, "s1", 0.25));
        var single = Tensor.of(new float[] {8}, 1, 1, 1, 1);
        assertEquals(2, weakening.beforeOutput(Pass.PLAIN, 0, new NetworkPatch.Joint(h, single)).skip().item());
        var column = Tensor.of(new float[] {4, 2, 0, 2}, 1, 1, 4, 1);
        assertArrayEquals(new float[] {1.75f, 0.5f, -0.75f, 0.5f},
                weakening.beforeOutput(Pass.PLAIN, 0, new NetworkPatch.Joint(h, column)).skip().contiguous().toFloats(), 1e-6f);
        // Where the network has neither four nor two times its first channels, nothing changes.
        var other = new NetworkPatch.Joint(h.narrow(1, 0, 32), skip);
        assertEquals(other, second.beforeOutput(Pass.PLAIN, 0, other));
        assertThrows(IllegalArgumentException.class, () -> NodeCall.run("FreeU", "model", ToyModel.MODEL));
    }

    @Test
    void downscalingShrinksTheMapsBetweenABlockAndItsSkip() {
        var sizes = new ArrayList<String>();
        var watcher = new NetworkPatch() {
            @Override
            public Tensor afterInput(Pass pass, int block, Tensor h) {
                sizes.add(block + ":" + h.size(2));
                return h;
            }
        };
        var late = network(shrinking("block_number", 1, "end_percent", 0.35));
        predicted(sd15.model(), 10, late, watcher);
        assertEquals(List.of("0:16", "1:16", "2:8", "3:4", "4:4", "5:4", "6:2"), sizes.subList(0, 7));
        sizes.clear();
        predicted(sd15.model(), 0.1f, late, watcher);
        assertEquals(List.of("0:16", "1:16", "2:16", "3:8"), sizes.subList(0, 4));
        sizes.clear();
        var early = network(shrinking("block_number", 1, "downscale_after_skip", false, "downscale_factor", 4.0));
        var shrunk = predicted(sd15.model(), 10, watcher, early);
        assertEquals(List.of("0:16", "1:16", "2:4", "3:2"), sizes.subList(0, 4));
        assertArrayEquals(latents.shape(), shrunk.shape());
        assertTrue(distance(predicted(sd15.model(), 10, network(shrinking("downscale_factor", 1.0))),
                predicted(sd15.model(), 10)) < 1e-5);
        // 15 / 0.24 is 62.5, of which 62 is the nearest even; ComfyUI multiplies by 1 / 0.24, which gives a little more.
        var stretched = network(shrinking("block_number", 1, "downscale_factor", 0.24, "downscale_after_skip", false, "downscale_method", "area"))
                .afterInput(new Pass(List.of(), 10, List.of(0), 15, 15), 1, Tensor.ones(ScalarType.FLOAT32, 1, 4, 15, 15));
        assertArrayEquals(new long[] {1, 4, 63, 63}, stretched.shape());
    }

    private static DiffusionModel shrinking(Object... namesAndValues) {
        var all = new ArrayList<Object>(List.of("downscale_method", "bislerp", "upscale_method", "area"));
        all.addAll(List.of(namesAndValues));
        return patched("PatchModelAddDownscale", all.toArray());
    }

    @Test
    void attentionIsScaledByItsWeights() {
        var self = patched("UNetSelfAttentionMultiply", "q", 2.0, "k", 0.5, "v", 4.0, "out", 1.0);
        var before = sd15.model().source().weights();
        var after = self.source().weights();
        var block = "input_blocks.1.1.transformer_blocks.0.";
        for (var each : Map.of("attn1.to_q.weight", 2.0, "attn1.to_k.weight", 0.5, "attn1.to_v.weight", 4.0, "attn1.to_out.0.bias", 1.0,
                "attn2.to_q.weight", 1.0).entrySet()) {
            var wanted = before.get(block + each.getKey()).get().mul(each.getValue());
            assertTrue(distance(after.get(block + each.getKey()).get(), wanted) < 1e-6, each.getKey());
        }
        // Queries twice and keys half as large look at the same.
        assertTrue(distance(predicted(patched("UNetSelfAttentionMultiply", "q", 2.0, "k", 0.5), 1), predicted(sd15.model(), 1)) < 1e-5);
        var cross = patched("UNetCrossAttentionMultiply", "out", 0.0);
        assertEquals(0, cross.source().weights().get(block + "attn2.to_out.0.bias").get().abs().max().item());
        var still = predicted(patched("UNetTemporalAttentionMultiply", "cross_structural", 0.0, "self_temporal", 9.0), 1);
        assertTrue(distance(still, predicted(cross, 1)) < 1e-6);
    }

    @Test
    void attentionOfTextEncodersIsScaled() {
        var plain = sd15.text().encode("a cat").cond();
        var same = (TextEncoder) NodeCall.run("CLIPAttentionMultiply", "clip", sd15.text(), "q", 2.0, "k", 0.5).getFirst();
        assertTrue(distance(same.encode("a cat").cond(), plain) < 1e-5);
        var other = (TextEncoder) NodeCall.run("CLIPAttentionMultiply", "clip", sd15.text(), "out", 0.5).getFirst();
        assertTrue(distance(other.encode("a cat").cond(), plain) > 1e-3);
    }

    @ParameterizedTest
    @CsvSource({"tiny-flux-dev, double_blocks, true", "tiny-flux-dev, single_blocks, false", "tiny-sd3, joint_blocks, true"})
    void skippedBlocksAreAsIfTheyWereNotThere(String name, String blocks, boolean isDouble) throws IOException {
        var file = directory.resolve(name + blocks + ".safetensors");
        try (var shapes = PatchNodesTest.class.getResourceAsStream("/golden/" + name + ".shapes.json")) {
            SyntheticCheckpoint.write(file, shapes);
        }
        var model = CheckpointLoader.load(file).model();
        int count = model.source().weights().count(blocks);
        // The last block of Stable Diffusion 3 is of another form.
        int skipped = count - (blocks.startsWith("joint") ? 2 : 1);
        // Without a block, those behind it move up.
        var shorter = model.withWeights(weights -> weights.renamed(key -> moved(key, blocks, skipped)));
        var patch = isDouble ? new SkippedLayers(List.of(skipped), List.of()) : new SkippedLayers(List.of(), List.of(skipped));
        assertTrue(distance(predictedByTransformer(model, patch), predictedByTransformer(shorter)) < 1e-6);
        assertTrue(distance(predictedByTransformer(model, patch), predictedByTransformer(model)) > 1e-6);
    }

    private static String moved(String key, String blocks, int skipped) {
        int at = key.indexOf(blocks + ".");
        if (at < 0) {
            return key;
        }
        var rest = key.substring(at + blocks.length() + 1);
        int number = Integer.parseInt(rest.substring(0, rest.indexOf('.')));
        if (number == skipped) {
            return "";
        }
        return key.substring(0, at) + blocks + "." + (number > skipped ? number - 1 : number) + rest.substring(rest.indexOf('.'));
    }

    private Tensor predictedByTransformer(DiffusionModel model, NetworkPatch... patches) {
        var weights = model.source().weights();
        boolean flux = weights.has("txt_in");
        long words = weights.size(flux ? "txt_in.weight" : "context_embedder.weight", 1);
        long label = weights.size(flux ? "vector_in.in_layer.weight" : "y_embedder.mlp.0.weight", 1);
        try (var drawn = Generator.seeded(4)) {
            var tensors = Map.of(TensorSlot.CONTEXT, Tensor.randn(drawn, ScalarType.FLOAT32, 1, 5, words),
                    TensorSlot.LABEL, Tensor.randn(drawn, ScalarType.FLOAT32, 1, label));
            var x = Tensor.randn(drawn, ScalarType.FLOAT32, 1, 16, 8, 8);
            return model.source().network().predict(new NetworkInput(x, new float[] {0.5f}, tensors, Optional.empty(),
                    patches.length == 0 ? Pass.PLAIN : new Pass(List.of(patches), 0.5f, List.of(0), 8, 8)));
        }
    }

    @Test
    void greyMasksBeginToChangeInTheOrderOfTheirBrightness() {
        var model = (DiffusionModel) NodeCall.run("DifferentialDiffusion", "model", ToyModel.MODEL).getFirst();
        var sampling = model.sampling();
        float first = sampling.sigma(999);
        float middle = sampling.sigma(499.5);
        var patch = ToyModel.started(model, first, middle, 0).guidance().orElseThrow();
        var mask = Tensor.of(new float[] {0, 0.3f, 0.6f, 1}, 1, 1, 2, 2);
        assertArrayEquals(new float[] {0, 0, 0, 1}, patch.mask(first, mask).toFloats());
        assertArrayEquals(new float[] {0, 0, 1, 1}, patch.mask(middle, mask).toFloats());
        assertArrayEquals(new float[] {1, 1, 1, 1}, patch.mask(sampling.sigmaMin(), mask).toFloats());
        var soft = (DiffusionModel) NodeCall.run("DifferentialDiffusion", "model", ToyModel.MODEL, "strength", 0.25).getFirst();
        var blended = ToyModel.started(soft, first, middle, 0).guidance().orElseThrow().mask(middle, mask).toFloats();
        assertArrayEquals(new float[] {0, 0.225f, 0.7f, 1}, blended, 1e-6f);
    }

    @Test
    void operationsChangeLatents() {
        var latent = Latent.of(latents);
        var changed = NodeCall.latent("LatentApplyOperation", "samples", latent,
                "operation", NodeCall.run("LatentOperationTonemapReinhard", "multiplier", 0.8).getFirst());
        var mapped = changed.samples().contiguous().toFloats();
        var values = latents.toFloats();
        var lengths = new double[256];
        for (int i = 0; i < 256; i++) {
            lengths[i] = Math.sqrt(square(values[i]) + square(values[256 + i]) + square(values[512 + i]) + square(values[768 + i]));
        }
        double mean = Arrays.stream(lengths).average().orElseThrow();
        double deviation = Math.sqrt(Arrays.stream(lengths).map(each -> square(each - mean)).sum() / 255);
        double top = (5 * deviation + mean) * 0.8;
        for (int i = 0; i < values.length; i++) {
            double length = lengths[i % 256];
            assertEquals(values[i] / length * (length / top) / (length / top + 1) * top, mapped[i], 1e-5);
        }
    }

    private static double square(double value) {
        return value * value;
    }

    @Test
    void sharpeningKeepsEvenAreasAndLiftsPoints() {
        var operation = NodeCall.run("LatentOperationSharpen", "sharpen_radius", 1, "sigma", 1.0, "alpha", 0.2).getFirst();
        var even = Tensor.full(0.5, ScalarType.FLOAT32, 1, 4, 5, 5);
        assertTrue(distance(((LatentOperation) operation).apply(even), even) < 1e-4);
        var values = new float[25];
        Arrays.fill(values, 1);
        values[12] = -1;
        var sharpened = ((LatentOperation) operation).apply(Tensor.of(values, 1, 1, 5, 5)).contiguous().toFloats();
        // Kernel on -1, 0, 1: weights 1, exp(-1/2), exp(-1) over their sum; the middle is 1 + 2 (1 - w), the rest -2 w.
        double sum = 1 + 4 * Math.exp(-0.5) + 4 * Math.exp(-1);
        double middle = 1 + 2 * (1 - 1 / sum);
        assertEquals(-middle + (1 - middle), sharpened[12], 1e-4);
        assertEquals(1 + 2 * 2 * Math.exp(-0.5) / sum, sharpened[11], 1e-4);
    }

    @Test
    void guidanceGoesThroughAnOperation() {
        var operation = (LatentOperation) x -> x.mul(3);
        var model = (DiffusionModel) NodeCall.run("LatentApplyOperationCFG", "model", ToyModel.MODEL, "operation", operation).getFirst();
        GuidancePatch patch = ToyModel.guidance(model);
        var step = ToyModel.step(latents, 1, latents.mul(2), latents, 1, null);
        assertTrue(distance(patch.before(step).wanted(), latents.mul(4)) < 1e-6);
    }
}
