package org.comfyee.diffusion.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.comfyee.diffusion.Expected;
import org.comfyee.diffusion.WeightFiles;
import org.comfyee.diffusion.checkpoint.CheckpointException;
import org.comfyee.diffusion.checkpoint.CheckpointLoader;
import org.comfyee.diffusion.model.ControlResiduals;
import org.comfyee.diffusion.model.LatentFormat;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.diffusion.vae.VaeModel;
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

/**
 * Control networks of transformers whose blocks are closed (their gates are zero), so that each says of a patch a linear function
 * of the latents and of the hint, which is computed here by itself.
 */
class TransformerControlTest {
    @TempDir
    private Path directory;

    /** A tensor that is made in each test's scope. */
    private record Signal(double frequency, long... shape) {
        Tensor tensor() {
            return Expected.wave(frequency, shape).abs();
        }
    }

    /** Latents of two rows and three columns of patches. */
    private static final Signal X = new Signal(0.37, 1, 16, 4, 6);
    private static final Signal PICTURE = new Signal(0.01, 1, 3, 32, 48);
    private static VaeModel vae;

    private final Map<String, Tensor> weights = new LinkedHashMap<>();
    private TensorScope scope;
    private int seed;

    @BeforeAll
    static void load(@TempDir Path files) throws IOException {
        Torch.loadConfigured();
        var checkpoint = files.resolve("tiny-sd15.safetensors");
        SyntheticCheckpoint.write(checkpoint, SyntheticCheckpoint.Layout.TINY_SD15);
        vae = CheckpointLoader.load(checkpoint).vae();
    }

    @BeforeEach
    void open() {
        scope = new TensorScope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private Tensor wave(long... shape) {
        return Expected.wave(0.1 + 0.07 * seed++, shape).mul(0.2);
    }

    private void linear(String name, long out, long in) {
        weights.put(name + ".weight", wave(out, in));
        weights.put(name + ".bias", wave(out));
    }

    private void closed(String name, long out, long in) {
        weights.put(name + ".weight", Tensor.zeros(ScalarType.FLOAT32, out, in));
        weights.put(name + ".bias", Tensor.zeros(ScalarType.FLOAT32, out));
    }

    private Tensor applied(String name, Tensor x) {
        return x.linear(weights.get(name + ".weight"), weights.get(name + ".bias"));
    }

    /** Patches of 2x2, the values of a channel side by side. */
    private static Tensor patches(Tensor x) {
        return x.pixelUnshuffle(2).flatten(2, 3).transpose(1, 2).contiguous();
    }

    private static void assertIs(Tensor wanted, Optional<Tensor> given) {
        assertArrayEquals(wanted.contiguous().toFloats(), given.orElseThrow().contiguous().toFloats(), 1e-4f);
    }

    private ControlResiduals residuals(Map<String, Tensor> main, List<Integer> types, Map<TensorSlot, Tensor> tensors) throws IOException {
        var model = ControlFixture.model(WeightFiles.write(directory.resolve("model.safetensors"), main));
        var net = ControlNetFiles.load(WeightFiles.write(directory.resolve("control.safetensors"), weights), Optional.empty()).withTypes(types);
        return ControlFixture.run(new AppliedControl(net, PICTURE.tensor(), 1, 0, 1, Optional.of(vae), List.of(), Optional.empty()), model, X.tensor(), tensors, 0.5f)
                .orElseThrow();
    }

    /** As many blocks of a name as a network has. */
    private static void blocks(Map<String, Tensor> network, String name, int count) {
        for (int i = 0; i < count; i++) {
            network.put(name + "." + i + ".a", Tensor.zeros(ScalarType.FLOAT32, 1));
        }
    }

    private static Map<String, Tensor> flux() {
        var network = new LinkedHashMap<String, Tensor>();
        blocks(network, "double_blocks", 3);
        blocks(network, "single_blocks", 2);
        return network;
    }

    /** The picture's latents, of pixels that were changed before. */
    private static Tensor encoded(Tensor pixels) {
        return vae.encode(pixels.permute(0, 2, 3, 1));
    }

    private void fluxBlocks(int doubles, int singles) {
        for (int i = 0; i < doubles; i++) {
            var block = "transformer_blocks." + i + ".";
            for (var name : List.of("attn.to_q", "attn.to_k", "attn.to_v", "attn.add_q_proj", "attn.add_k_proj", "attn.add_v_proj", "attn.to_out.0", "attn.to_add_out")) {
                linear(block + name, 32, 32);
            }
            for (var name : List.of("attn.norm_q", "attn.norm_k", "attn.norm_added_q", "attn.norm_added_k")) {
                weights.put(block + name + ".weight", wave(32));
            }
            closed(block + "norm1.linear", 192, 32);
            closed(block + "norm1_context.linear", 192, 32);
            linear(block + "ff.net.0.proj", 128, 32);
            linear(block + "ff.net.2", 32, 128);
            linear(block + "ff_context.net.0.proj", 128, 32);
            linear(block + "ff_context.net.2", 32, 128);
            linear("controlnet_blocks." + i, 32, 32);
        }
        for (int i = 0; i < singles; i++) {
            var block = "single_transformer_blocks." + i + ".";
            for (var name : List.of("attn.to_q", "attn.to_k", "attn.to_v")) {
                linear(block + name, 32, 32);
            }
            weights.put(block + "attn.norm_q.weight", wave(32));
            weights.put(block + "attn.norm_k.weight", wave(32));
            linear(block + "proj_mlp", 128, 32);
            linear(block + "proj_out", 32, 160);
            closed(block + "norm.linear", 96, 32);
            linear("controlnet_single_blocks." + i, 32, 32);
        }
        linear("x_embedder", 32, 64);
        linear("context_embedder", 32, 24);
        linear("time_text_embed.timestep_embedder.linear_1", 32, 256);
        linear("time_text_embed.timestep_embedder.linear_2", 32, 32);
        linear("time_text_embed.text_embedder.linear_1", 32, 8);
        linear("time_text_embed.text_embedder.linear_2", 32, 32);
    }

    private static Map<TensorSlot, Tensor> fluxTensors() {
        return Map.of(TensorSlot.CONTEXT, Expected.wave(0.3, 1, 5, 24), TensorSlot.LABEL, Expected.wave(0.2, 1, 8));
    }

    @Test
    void fluxNetworksOfInstantXSeeLatentsAndKnowTypes() throws IOException {
        fluxBlocks(2, 1);
        linear("controlnet_x_embedder", 32, 4 * 4);
        weights.put("controlnet_mode_embedder.weight", wave(4, 32));
        var residuals = residuals(flux(), List.of(2), fluxTensors());
        var tokens = applied("x_embedder", patches(X.tensor()))
                .add(applied("controlnet_x_embedder", patches(LatentFormat.FLUX.toModel(encoded(PICTURE.tensor())))));
        // Three blocks hear two: the first twice.
        assertEquals(3, residuals.input().size());
        assertIs(applied("controlnet_blocks.0", tokens), residuals.input().get(0));
        assertIs(applied("controlnet_blocks.0", tokens), residuals.input().get(1));
        assertIs(applied("controlnet_blocks.1", tokens), residuals.input().get(2));
        assertEquals(2, residuals.output().size());
        assertIs(applied("controlnet_single_blocks.0", tokens), residuals.output().get(1));
        var refusal = assertThrows(IllegalArgumentException.class, () -> residuals(flux(), List.of(4), fluxTensors()));
        assertTrue(refusal.getMessage().contains("number 4"), refusal.getMessage());
    }

    /** Blocks in Flux's own layout. */
    private void originalFluxBlocks(int doubles) {
        for (int i = 0; i < doubles; i++) {
            for (var kind : List.of("img", "txt")) {
                var block = "double_blocks." + i + "." + kind + "_";
                linear(block + "attn.qkv", 96, 32);
                weights.put(block + "attn.norm.query_norm.scale", wave(32));
                weights.put(block + "attn.norm.key_norm.scale", wave(32));
                linear(block + "attn.proj", 32, 32);
                closed(block + "mod.lin", 192, 32);
                linear(block + "mlp.0", 128, 32);
                linear(block + "mlp.2", 32, 128);
            }
        }
        linear("img_in", 32, 64);
        linear("pos_embed_input", 32, 64);
        linear("txt_in", 32, 24);
        linear("time_in.in_layer", 32, 256);
        linear("time_in.out_layer", 32, 32);
        linear("vector_in.in_layer", 32, 8);
        linear("vector_in.out_layer", 32, 32);
    }

    /** The tokens that networks whose picture goes through convolutions have. */
    private Tensor tokensOfPixels(String encoder, int... strides) {
        var hint = PICTURE.tensor().mul(2).sub(1);
        for (int i = 0; i < strides.length; i++) {
            var weight = weights.get(encoder + 2 * i + ".weight");
            hint = (i == 0 ? hint : hint.silu()).conv2d(weight, weights.get(encoder + 2 * i + ".bias"), strides[i], (int) weight.size(2) / 2);
        }
        return applied("img_in", patches(X.tensor())).add(applied("pos_embed_input", patches(hint)));
    }

    @Test
    void fluxNetworksOfMistoLineSeePixelsAndSpeakThroughAnActivation() throws IOException {
        originalFluxBlocks(2);
        linear("controlnet_blocks.0.linear", 32, 32);
        linear("controlnet_blocks.1.linear", 32, 32);
        linear("single_blocks.0.linear1", 224, 32);
        linear("single_blocks.0.linear2", 32, 160);
        closed("single_blocks.0.modulation.lin", 96, 32);
        weights.put("single_blocks.0.norm.query_norm.scale", wave(32));
        weights.put("single_blocks.0.norm.key_norm.scale", wave(32));
        linear("single_controlnet_blocks.0.linear", 32, 32);
        int[] kernels = {3, 1, 3, 3, 3, 3, 3, 3, 1, 3};
        for (int i = 0; i < kernels.length; i++) {
            convolution("input_cond_block.encoder." + 2 * i, 16, i == 0 ? 3 : 16, kernels[i]);
        }
        var residuals = residuals(flux(), List.of(), fluxTensors());
        var tokens = tokensOfPixels("input_cond_block.encoder.", 1, 1, 1, 2, 1, 2, 1, 2, 1, 1);
        assertEquals(3, residuals.input().size());
        assertIs(applied("controlnet_blocks.0.linear", tokens).silu(), residuals.input().get(0));
        assertIs(applied("controlnet_blocks.1.linear", tokens).silu(), residuals.input().get(1));
        assertIs(applied("controlnet_blocks.0.linear", tokens).silu(), residuals.input().get(2));
        assertEquals(2, residuals.output().size());
        assertIs(applied("single_controlnet_blocks.0.linear", tokens).silu(), residuals.output().get(1));
    }

    @ParameterizedTest
    @CsvSource({
        "after_proj_list.18.bias, Hunyuan-DiT", "transformer_blocks.0.img_mlp.net.0.proj.weight, Qwen-Image (InstantX)",
        "control_blocks.0.after_proj.weight, Qwen-Image (Fun)"
    })
    void networksForOtherModelsAreRefusedByTheirName(String weight, String model) throws IOException {
        weights.put("controlnet_blocks.0.weight", wave(2, 2));
        weights.put(weight, wave(2));
        var file = WeightFiles.write(directory.resolve("control.safetensors"), weights);
        var refusal = assertThrows(CheckpointException.class, () -> ControlNetFiles.load(file, Optional.empty()));
        assertTrue(refusal.getMessage().startsWith("control.safetensors is a control network for " + model), refusal.getMessage());
    }

    @Test
    void fluxNetworksOfXLabsSeePixelsAndSpeakInTurns() throws IOException {
        originalFluxBlocks(2);
        linear("controlnet_blocks.0", 32, 32);
        linear("controlnet_blocks.1", 32, 32);
        for (int i = 0; i < 8; i++) {
            convolution("input_hint_block." + 2 * i, 16, i == 0 ? 3 : 16, 3);
        }
        var residuals = residuals(flux(), List.of(), fluxTensors());
        var tokens = tokensOfPixels("input_hint_block.", 1, 1, 2, 1, 2, 1, 2, 1);
        assertEquals(3, residuals.input().size());
        assertIs(applied("controlnet_blocks.0", tokens), residuals.input().get(0));
        assertIs(applied("controlnet_blocks.1", tokens), residuals.input().get(1));
        assertIs(applied("controlnet_blocks.0", tokens), residuals.input().get(2));
        assertTrue(residuals.output().isEmpty());
    }

    @Test
    void networksThatTakeLatentsAskForAnAutoencoder() throws IOException {
        fluxBlocks(1, 0);
        linear("controlnet_x_embedder", 32, 4 * 4);
        var model = ControlFixture.model(WeightFiles.write(directory.resolve("model.safetensors"), flux()));
        var net = ControlNetFiles.load(WeightFiles.write(directory.resolve("control.safetensors"), weights), Optional.empty());
        var refusal = assertThrows(IllegalArgumentException.class,
                () -> ControlFixture.residuals(net, PICTURE.tensor(), model, X.tensor(), fluxTensors()));
        assertTrue(refusal.getMessage().contains("VAE"), refusal.getMessage());
    }

    @Test
    void masksAreAnotherChannelOfLatents() {
        var form = HintForm.latents(LatentFormat.FLUX, true);
        var net = new ControlNet(_ -> null, form, false, List.of());
        var mask = Expected.wave(0.4, 1, 1, 4, 6);
        var hint = form.prepared(new AppliedControl(net, PICTURE.tensor(), 1, 0, 1, Optional.of(vae), List.of(mask), Optional.empty()), X.tensor());
        assertArrayEquals(new long[] {1, 5, 4, 6}, hint.shape());
        assertIs(mask, Optional.of(hint.narrow(1, 4, 1)));
        var without = form.prepared(new AppliedControl(net, PICTURE.tensor(), 1, 0, 1, Optional.of(vae), List.of(), Optional.empty()), X.tensor());
        assertEquals(1, without.narrow(1, 4, 1).min().item());
    }

    private void convolution(String name, long out, long in, long size) {
        weights.put(name + ".weight", wave(out, in, size, size));
        weights.put(name + ".bias", wave(out));
    }

    /** A convolution over patches. */
    private static Tensor overPatches(Map<String, Tensor> weights, String name, Tensor x) {
        return patches(x).linear(weights.get(name + ".weight").flatten(1, -1), weights.get(name + ".bias"));
    }

    private static Map<TensorSlot, Tensor> sd3Tensors() {
        return Map.of(TensorSlot.CONTEXT, Expected.wave(0.3, 1, 5, 24), TensorSlot.LABEL, Expected.wave(0.2, 1, 8));
    }

    private void embedders(long label) {
        linear("time_text_embed.timestep_embedder.linear_1", 64, 256);
        linear("time_text_embed.timestep_embedder.linear_2", 64, 64);
        linear("time_text_embed.text_embedder.linear_1", 64, label);
        linear("time_text_embed.text_embedder.linear_2", 64, 64);
    }

    @Test
    void networksOfDiffusersForStableDiffusion3SeeLatentsThatAreNotShifted() throws IOException {
        for (int i = 0; i < 2; i++) {
            var block = "transformer_blocks." + i + ".";
            for (var name : List.of("attn.to_q", "attn.to_k", "attn.to_v", "attn.add_q_proj", "attn.add_k_proj", "attn.add_v_proj", "attn.to_out.0", "attn.to_add_out")) {
                linear(block + name, 64, 64);
            }
            closed(block + "norm1.linear", 384, 64);
            closed(block + "norm1_context.linear", 384, 64);
            for (var name : List.of("ff", "ff_context")) {
                linear(block + name + ".net.0.proj", 256, 64);
                linear(block + name + ".net.2", 64, 256);
            }
            linear("controlnet_blocks." + i, 64, 64);
        }
        embedders(8);
        linear("context_embedder", 64, 24);
        convolution("pos_embed.proj", 64, 16, 2);
        weights.put("pos_embed.pos_embed", wave(1, 16, 64));
        convolution("pos_embed_input.proj", 64, 4, 2);
        var network = new LinkedHashMap<String, Tensor>();
        blocks(network, "joint_blocks", 4);
        var residuals = residuals(network, List.of(), sd3Tensors());
        // Of the square of 4x4 places, rows 1 and 2 and columns 0 to 2.
        var places = weights.get("pos_embed.pos_embed").reshape(1, 4, 4, 64).narrow(1, 1, 2).narrow(2, 0, 3).reshape(1, 6, 64);
        var tokens = overPatches(weights, "pos_embed.proj", X.tensor()).add(places)
                .add(overPatches(weights, "pos_embed_input.proj", encoded(PICTURE.tensor()).mul(1.5305)));
        assertEquals(3, residuals.output().size());
        assertIs(applied("controlnet_blocks.0", tokens), residuals.output().get(1));
        assertIs(applied("controlnet_blocks.1", tokens), residuals.output().get(2));
    }

    private void stabilityBlocks(int count) {
        for (int i = 0; i < count; i++) {
            var block = "transformer_blocks." + i + ".";
            closed(block + "adaLN_modulation.1", 384, 64);
            linear(block + "attn.qkv", 192, 64);
            linear(block + "attn.proj", 64, 64);
            linear(block + "mlp.fc1", 256, 64);
            linear(block + "mlp.fc2", 64, 256);
            linear("controlnet_blocks." + i, 64, 64);
        }
        convolution("pos_embed_input.proj", 64, 4, 2);
    }

    @Test
    void largeNetworksOfStabilityBorrowThePooledTextAndChangePixels() throws IOException {
        stabilityBlocks(2);
        embedders(64);
        convolution("pos_embed.proj", 64, 16, 2);
        weights.put("control_type", Tensor.of(new float[] {2}, 1));
        var network = new LinkedHashMap<String, Tensor>();
        blocks(network, "joint_blocks", 3);
        network.put("y_embedder.mlp.0.weight", wave(64, 8));
        network.put("y_embedder.mlp.0.bias", wave(64));
        network.put("y_embedder.mlp.2.weight", wave(64, 64));
        network.put("y_embedder.mlp.2.bias", wave(64));
        var residuals = residuals(network, List.of(), sd3Tensors());
        var hint = LatentFormat.SD3.toModel(encoded(PICTURE.tensor().neg().add(1)));
        var tokens = overPatches(weights, "pos_embed.proj", X.tensor()).add(overPatches(weights, "pos_embed_input.proj", hint));
        assertEquals(4, residuals.output().size());
        assertIs(applied("controlnet_blocks.0", tokens), residuals.output().get(1));
        assertIs(applied("controlnet_blocks.1", tokens), residuals.output().get(2));
    }

    @Test
    void smallNetworksOfStabilityBorrowThePatchesAndCountPlaces() throws IOException {
        stabilityBlocks(1);
        embedders(8);
        var network = new LinkedHashMap<String, Tensor>();
        blocks(network, "joint_blocks", 2);
        network.put("x_embedder.proj.weight", wave(64, 16, 2, 2));
        network.put("x_embedder.proj.bias", wave(64));
        var residuals = residuals(network, List.of(), sd3Tensors());
        // Two rows go from 0 to 15, three columns as far beyond on both sides as they are more.
        double[] rows = {0, 15};
        double[] columns = {7.5 - 11.25, 7.5, 7.5 + 11.25};
        var places = new float[6 * 64];
        for (int i = 0; i < places.length; i++) {
            int token = i / 64;
            int channel = i % 64;
            double place = channel < 32 ? columns[token % 3] : rows[token / 3];
            double angle = place / Math.pow(10_000, channel % 16 / 16.0);
            places[i] = (float) (channel % 32 < 16 ? Math.sin(angle) : Math.cos(angle));
        }
        var tokens = overPatches(network, "x_embedder.proj", X.tensor()).add(Tensor.of(places, 1, 6, 64))
                .add(overPatches(weights, "pos_embed_input.proj", LatentFormat.SD3.toModel(encoded(PICTURE.tensor()))));
        assertEquals(2, residuals.output().size());
        assertIs(applied("controlnet_blocks.0", tokens), residuals.output().get(1));
    }
}
