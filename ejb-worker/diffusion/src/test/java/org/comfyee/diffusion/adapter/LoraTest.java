package org.comfyee.diffusion.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.comfyee.diffusion.WeightFiles;
import org.comfyee.diffusion.checkpoint.CheckpointException;
import org.comfyee.diffusion.checkpoint.WeightPlace;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.DiffusionSampling;
import org.comfyee.diffusion.model.LatentFormat;
import org.comfyee.diffusion.model.ModelFamily;
import org.comfyee.diffusion.model.NetworkSource;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.comfyee.torch.TorchException;
import org.comfyee.torch.safetensors.SafetensorsFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each format of adapters, against the formula of its paper computed by plain loops. */
class LoraTest {
    private static final String LINEAR = "input_blocks.1.1.transformer_blocks.0.attn1.to_q";
    private static final String CONV = "input_blocks.1.0.in_layers.2";
    private static final Array LINEAR_WEIGHT = Array.wave(0.37, 6, 4);
    private static final Array CONV_WEIGHT = Array.wave(0.53, 6, 4, 3, 3);
    private static final Array BIAS = Array.wave(0.91, 6);
    private static final double STRENGTH = 0.6;

    @TempDir
    private Path directory;

    private final Map<String, Tensor> adapter = new HashMap<>();
    private TensorScope scope;
    private int files;

    @BeforeAll
    static void load() {
        Torch.loadConfigured();
    }

    @BeforeEach
    void open() {
        scope = new TensorScope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private Path write(String name, Map<String, Tensor> tensors) throws IOException {
        // Files that weights are still read from are not written to again.
        return WeightFiles.write(directory.resolve(files++ + name), tensors);
    }

    private DiffusionModel model(Map<String, Tensor> weights) throws IOException {
        var source = new NetworkSource(Weights.of(SafetensorsFile.open(write("model.safetensors", weights))), _ -> input -> input.x());
        return new DiffusionModel(source, ModelFamily.TEXT_ONLY, DiffusionSampling.STABLE_DIFFUSION, LatentFormat.SD15);
    }

    private DiffusionModel unet() throws IOException {
        var weights = new LinkedHashMap<String, Tensor>();
        weights.put("input_blocks.0.0.weight", Array.wave(0.11, 4, 4, 3, 3).tensor());
        weights.put(CONV + ".weight", CONV_WEIGHT.tensor());
        weights.put(CONV + ".bias", BIAS.tensor());
        weights.put(LINEAR + ".weight", LINEAR_WEIGHT.tensor());
        weights.put("input_blocks.2.0.op.weight", Array.wave(0.13, 4, 4, 3, 3).tensor());
        weights.put("input_blocks.3.0.in_layers.2.weight", Array.wave(0.17, 4, 4, 3, 3).tensor());
        weights.put("middle_block.2.out_layers.3.weight", Array.wave(0.19, 4, 4, 3, 3).tensor());
        weights.put("output_blocks.1.1.conv.weight", Array.wave(0.23, 4, 4, 3, 3).tensor());
        weights.put("time_embed.2.weight", Array.wave(0.29, 4, 4).tensor());
        return model(weights);
    }

    private DiffusionModel patched(DiffusionModel model, double strength) throws IOException {
        return Lora.open(write("adapter.safetensors", adapter)).apply(Optional.of(model), strength, Optional.empty(), 0).model().orElseThrow();
    }

    private static Tensor weight(DiffusionModel model, String name) {
        return model.source().weights().get(name).get();
    }

    private void assertLinearBecomes(Array expected) throws IOException {
        expected.assertIs(weight(patched(unet(), STRENGTH), LINEAR + ".weight"));
    }

    private void assertConvBecomes(Array expected) throws IOException {
        expected.shaped(CONV_WEIGHT.shape()).assertIs(weight(patched(unet(), STRENGTH), CONV + ".weight"));
    }

    private void put(String base, String end, Array value) {
        adapter.put("diffusion_model." + base + end, value.tensor());
    }

    private void putAlpha(String base, double alpha) {
        adapter.put("diffusion_model." + base + ".alpha", Tensor.scalar(alpha).to(ScalarType.FLOAT32));
    }

    @Test
    void lowRankProductsAreScaledByAlphaOverRank() throws IOException {
        var up = Array.wave(0.7, 6, 2);
        var down = Array.wave(0.3, 2, 4);
        put(LINEAR, ".lora_up.weight", up);
        put(LINEAR, ".lora_down.weight", down);
        putAlpha(LINEAR, 3);
        assertLinearBecomes(LINEAR_WEIGHT.plus(up.times(down), STRENGTH * 3 / 2));
    }

    @Test
    void changesForWhichMemoryDoesNotSufficeAreNotLeftOut() throws IOException {
        put(LINEAR, ".lora_up.weight", Array.wave(0.7, 6, 2));
        put(LINEAR, ".lora_down.weight", Array.wave(0.3, 2, 4));
        adapter.put("diffusion_model." + LINEAR + ".reshape_weight", Tensor.of(new float[] {1 << 24, 1 << 24}, 2));
        var model = patched(unet(), STRENGTH);
        assertTrue(assertThrows(TorchException.class, () -> weight(model, LINEAR + ".weight")).outOfMemory());
    }

    @Test
    void productsWithoutAlphaAreNotScaled() throws IOException {
        var up = Array.wave(0.7, 6, 2, 1, 1);
        var down = Array.wave(0.3, 2, 4, 3, 3);
        put(CONV, ".lora_B.weight", up);
        put(CONV, ".lora_A.weight", down);
        assertConvBecomes(CONV_WEIGHT.plus(up.matrix().times(down.matrix()), STRENGTH));
    }

    @Test
    void kernelsStandBetweenTheMatricesOfConvolutions() throws IOException {
        var up = Array.wave(0.7, 6, 2, 1, 1);
        var down = Array.wave(0.3, 2, 4, 1, 1);
        var middle = Array.wave(0.4, 2, 2, 3, 3);
        put(CONV, ".lora_up.weight", up);
        put(CONV, ".lora_down.weight", down);
        put(CONV, ".lora_mid.weight", middle);
        assertConvBecomes(Array.of(i -> {
            int place = i % 9;
            int in = i / 9 % 4;
            int out = i / 36;
            double sum = 0;
            for (int a = 0; a < 2; a++) {
                for (int b = 0; b < 2; b++) {
                    sum += up.values()[out * 2 + a] * middle.values()[(a * 2 + b) * 9 + place] * down.values()[b * 4 + in];
                }
            }
            return CONV_WEIGHT.values()[i] + STRENGTH * sum;
        }, 6, 36));
    }

    @Test
    void hadamardProductsOfTwoProducts() throws IOException {
        var a = Array.wave(0.7, 6, 2);
        var b = Array.wave(0.3, 2, 4);
        var c = Array.wave(0.5, 6, 2);
        var d = Array.wave(0.2, 2, 4);
        put(LINEAR, ".hada_w1_a", a);
        put(LINEAR, ".hada_w1_b", b);
        put(LINEAR, ".hada_w2_a", c);
        put(LINEAR, ".hada_w2_b", d);
        putAlpha(LINEAR, 1);
        assertLinearBecomes(LINEAR_WEIGHT.plus(a.times(b).elementwise(c.times(d)), STRENGTH / 2));
    }

    /** The sum over both ranks of {@code core[a, b, place] left[a, out] right[b, in]}. */
    private static double tucker(Array core, Array left, Array right, int out, int in, int place) {
        double sum = 0;
        for (int a = 0; a < left.shape()[0]; a++) {
            for (int b = 0; b < right.shape()[0]; b++) {
                sum += core.values()[(int) ((a * right.shape()[0] + b) * 9 + place)] * left.at(a, out) * right.at(b, in);
            }
        }
        return sum;
    }

    @Test
    void hadamardProductsOfKernels() throws IOException {
        var core1 = Array.wave(0.41, 2, 2, 3, 3);
        var core2 = Array.wave(0.43, 2, 2, 3, 3);
        var left1 = Array.wave(0.7, 2, 6);
        var right1 = Array.wave(0.3, 2, 4);
        var left2 = Array.wave(0.5, 2, 6);
        var right2 = Array.wave(0.2, 2, 4);
        put(CONV, ".hada_t1", core1);
        put(CONV, ".hada_w1_a", left1);
        put(CONV, ".hada_w1_b", right1);
        put(CONV, ".hada_t2", core2);
        put(CONV, ".hada_w2_a", left2);
        put(CONV, ".hada_w2_b", right2);
        assertConvBecomes(Array.of(i -> CONV_WEIGHT.values()[i] + STRENGTH
                * tucker(core1, left1, right1, i / 36, i / 9 % 4, i % 9) * tucker(core2, left2, right2, i / 36, i / 9 % 4, i % 9), 6, 36));
    }

    @Test
    void kroneckerProductsAreScaledByTheRankOfTheirSecondFactor() throws IOException {
        var whole = Array.wave(0.7, 2, 2);
        var left = Array.wave(0.3, 3, 1);
        var right = Array.wave(0.5, 1, 2);
        put(LINEAR, ".lokr_w1", whole);
        put(LINEAR, ".lokr_w2_a", left);
        put(LINEAR, ".lokr_w2_b", right);
        putAlpha(LINEAR, 0.5);
        var second = left.times(right);
        var product = Array.of(i -> whole.at(i / 4 / 3, i % 4 / 2) * second.at(i / 4 % 3, i % 2), 6, 4);
        assertLinearBecomes(LINEAR_WEIGHT.plus(product, STRENGTH * 0.5));
    }

    @Test
    void kroneckerProductsOfMatrixAndKernelIgnoreAlphaWhereNothingIsFactorised() throws IOException {
        var matrix = Array.wave(0.7, 2, 2);
        var kernel = Array.wave(0.3, 3, 2, 3, 3);
        put(CONV, ".lokr_w1", matrix);
        put(CONV, ".lokr_w2", kernel);
        putAlpha(CONV, 5);
        assertConvBecomes(Array.of(i -> {
            int out = i / 36;
            int in = i / 9 % 4;
            return CONV_WEIGHT.values()[i] + STRENGTH * matrix.at(out / 3, in / 2) * kernel.values()[((out % 3) * 2 + in % 2) * 9 + i % 9];
        }, 6, 36));
    }

    @Test
    void generalLoraDependsOnTheWeight() throws IOException {
        var a1 = Array.wave(0.7, 4, 2);
        var a2 = Array.wave(0.3, 2, 4);
        var b1 = Array.wave(0.5, 6, 2);
        var b2 = Array.wave(0.2, 2, 4);
        put(LINEAR, ".a1.weight", a1);
        put(LINEAR, ".a2.weight", a2);
        put(LINEAR, ".b1.weight", b1);
        put(LINEAR, ".b2.weight", b2);
        putAlpha(LINEAR, 1);
        assertLinearBecomes(LINEAR_WEIGHT.plus(LINEAR_WEIGHT.times(a1).times(a2).plus(b1.times(b2), 1), STRENGTH / 2));
    }

    @Test
    void earlyGeneralLoraHasItsFactorsInAnotherOrder() throws IOException {
        var a1 = Array.wave(0.7, 2, 4);
        var a2 = Array.wave(0.3, 4, 2);
        var b1 = Array.wave(0.5, 2, 4);
        var b2 = Array.wave(0.2, 6, 2);
        put(LINEAR, ".a1.weight", a1);
        put(LINEAR, ".a2.weight", a2);
        put(LINEAR, ".b1.weight", b1);
        put(LINEAR, ".b2.weight", b2);
        assertLinearBecomes(LINEAR_WEIGHT.plus(LINEAR_WEIGHT.times(a2).times(a1).plus(b2.times(b1), 1), STRENGTH));
    }

    private static Array cayley(Array block) {
        var skew = block.plus(block.transposed(), -1);
        var identity = Array.identity((int) block.shape()[0]);
        return identity.plus(skew, 1).times(identity.plus(skew, -1).inverse());
    }

    @Test
    void rotationsTurnGroupsOfRows() throws IOException {
        var blocks = Array.wave(0.3, 2, 3, 3);
        put(LINEAR, ".oft_blocks", blocks);
        var expected = new double[24];
        for (int group = 0; group < 2; group++) {
            var rotation = cayley(blocks.shaped(6, 3).rows(3 * group, 3));
            var rows = LINEAR_WEIGHT.rows(3 * group, 3);
            var turned = rotation.transposed().times(rows);
            System.arraycopy(rows.plus(turned.plus(rows, -1), STRENGTH).values(), 0, expected, 12 * group, 12);
        }
        assertLinearBecomes(new Array(expected, 6, 4));
    }

    @Test
    void butterfliesTurnRowsFartherAndFartherApart() throws IOException {
        var blocks = Array.wave(0.3, 2, 3, 2, 2);
        put(LINEAR, ".oft_blocks", blocks);
        // The first factor pairs neighbours.
        var first = new double[24];
        for (int group = 0; group < 3; group++) {
            var turned = cayley(blocks.shaped(12, 2).rows(2 * group, 2)).times(LINEAR_WEIGHT.rows(2 * group, 2));
            System.arraycopy(turned.values(), 0, first, 8 * group, 8);
        }
        // The second would pair rows two apart, for which there must be a multiple of four: it does not fit six.
        assertLinearBecomes(LINEAR_WEIGHT);
        adapter.clear();
        put(LINEAR, ".oft_blocks", new Array(Arrays.copyOf(blocks.values(), 12), 1, 3, 2, 2));
        assertLinearBecomes(LINEAR_WEIGHT.plus(new Array(first, 6, 4).plus(LINEAR_WEIGHT, -1), STRENGTH));
    }

    @Test
    void differencesAndWholeWeights() throws IOException {
        var difference = Array.wave(0.7, 6, 4);
        var bias = Array.wave(0.3, 6);
        var whole = Array.wave(0.21, 4, 4, 3, 3);
        put(LINEAR, ".diff", difference);
        put(CONV, ".diff_b", bias);
        put("input_blocks.0.0", ".set_weight", whole);
        var patched = patched(unet(), STRENGTH);
        LINEAR_WEIGHT.plus(difference, STRENGTH).assertIs(weight(patched, LINEAR + ".weight"));
        BIAS.plus(bias, STRENGTH).assertIs(weight(patched, CONV + ".bias"));
        whole.assertIs(weight(patched, "input_blocks.0.0.weight"));
    }

    @Test
    void learntLengthsOfRowsReplaceTheWeights() throws IOException {
        var up = Array.wave(0.7, 6, 2);
        var down = Array.wave(0.3, 2, 4);
        var lengths = Array.of(i -> 1 + 0.1 * i, 6, 1);
        put(LINEAR, ".lora_up.weight", up);
        put(LINEAR, ".lora_down.weight", down);
        put(LINEAR, ".dora_scale", lengths);
        putAlpha(LINEAR, 1);
        var changed = LINEAR_WEIGHT.plus(up.times(down), 0.5);
        var scaled = Array.of(i -> {
            double squares = 0;
            for (int k = 0; k < 4; k++) {
                squares += Math.pow(LINEAR_WEIGHT.at(i / 4, k), 2);
            }
            return changed.values()[i] * lengths.values()[i / 4] / Math.sqrt(squares);
        }, 6, 4);
        assertLinearBecomes(LINEAR_WEIGHT.plus(scaled.plus(LINEAR_WEIGHT, -1), STRENGTH));
    }

    @Test
    void learntLengthsOfColumnsReplaceThoseOfTheChangedWeight() throws IOException {
        var up = Array.wave(0.7, 6, 2);
        var down = Array.wave(0.3, 2, 4);
        var lengths = Array.of(i -> 1 + 0.1 * i, 1, 4);
        put(LINEAR, ".lora_up.weight", up);
        put(LINEAR, ".lora_down.weight", down);
        put(LINEAR, ".dora_scale", lengths);
        var changed = LINEAR_WEIGHT.plus(up.times(down), 1);
        var scaled = Array.of(i -> {
            double squares = 0;
            for (int k = 0; k < 6; k++) {
                squares += Math.pow(changed.at(k, i % 4), 2);
            }
            return changed.values()[i] * lengths.values()[i % 4] / Math.sqrt(squares);
        }, 6, 4);
        assertLinearBecomes(LINEAR_WEIGHT.plus(scaled.plus(LINEAR_WEIGHT, -1), STRENGTH));
    }

    @Test
    void adaptersStackAndTheOriginalStaysAsItIs() throws IOException {
        var difference = Array.wave(0.7, 6, 4);
        put(LINEAR, ".diff", difference);
        var original = unet();
        var once = patched(original, 1);
        var twice = patched(once, 0.5);
        LINEAR_WEIGHT.plus(difference, 1.5).assertIs(weight(twice, LINEAR + ".weight"));
        LINEAR_WEIGHT.plus(difference, 1).assertIs(weight(once, LINEAR + ".weight"));
        LINEAR_WEIGHT.assertIs(weight(original, LINEAR + ".weight"));
        assertSame(weight(twice, LINEAR + ".weight"), weight(twice, LINEAR + ".weight"), "computed once");
        assertSame(weight(original, CONV + ".weight"), weight(twice, CONV + ".weight"), "not patched, so shared");
    }

    @Test
    void whatDoesNotFitIsLeftOut() throws IOException {
        put(LINEAR, ".lora_up.weight", Array.wave(0.7, 5, 2));
        put(LINEAR, ".lora_down.weight", Array.wave(0.3, 2, 4));
        put(CONV, ".diff", Array.wave(0.7, 6, 4));
        put("no.such.weight", ".diff", Array.wave(0.7, 6, 4));
        var patched = patched(unet(), STRENGTH);
        LINEAR_WEIGHT.assertIs(weight(patched, LINEAR + ".weight"));
        CONV_WEIGHT.assertIs(weight(patched, CONV + ".weight"));
    }

    @Test
    void halfAnAdapterIsRefusedByName() {
        put(LINEAR, ".lora_up.weight", Array.wave(0.7, 6, 2));
        var refusal = assertThrows(CheckpointException.class, () -> patched(unet(), 1));
        assertTrue(refusal.getMessage().contains("adapter.safetensors") && refusal.getMessage().contains("lora_down"), refusal.getMessage());
    }

    @Test
    void networksAreKnownUnderTheNamesOfSeveralPrograms() throws IOException {
        var network = unet().source().weights();
        var names = NetworkNames.of(network);
        var expected = Map.ofEntries(
                Map.entry("lora_unet_input_blocks_1_1_transformer_blocks_0_attn1_to_q", LINEAR),
                Map.entry("diffusion_model." + LINEAR, LINEAR),
                Map.entry("lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q", LINEAR),
                Map.entry("lycoris_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q", LINEAR),
                Map.entry("down_blocks.0.attentions.0.transformer_blocks.0.attn1.processor.to_q", LINEAR),
                Map.entry("unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.processor.to_q", LINEAR),
                Map.entry("lora_unet_down_blocks_0_resnets_0_conv1", CONV),
                Map.entry("lora_unet_down_blocks_0_downsamplers_0_conv", "input_blocks.2.0.op"),
                Map.entry("lora_unet_down_blocks_1_resnets_0_conv1", "input_blocks.3.0.in_layers.2"),
                Map.entry("lora_unet_mid_block_resnets_1_conv2", "middle_block.2.out_layers.3"),
                Map.entry("lora_unet_up_blocks_0_upsamplers_0_conv", "output_blocks.1.1.conv"),
                Map.entry("lora_unet_time_embedding_linear_2", "time_embed.2"));
        expected.forEach((name, weight) -> assertEquals(WeightPlace.of(weight + ".weight"), names.get(name), name));
    }

    @Test
    void transformersOfDiffusersHaveTheirQueriesKeysAndValuesInOneMatrix() throws IOException {
        var weights = new LinkedHashMap<String, Tensor>();
        weights.put("double_blocks.0.img_attn.qkv.weight", Array.wave(0.3, 12, 4).tensor());
        weights.put("double_blocks.0.txt_attn.qkv.weight", Array.wave(0.4, 12, 4).tensor());
        weights.put("single_blocks.0.linear1.weight", Array.wave(0.5, 28, 4).tensor());
        weights.put("final_layer.adaLN_modulation.1.weight", Array.wave(0.6, 8, 4).tensor());
        var key = Array.wave(0.7, 4, 4);
        var feed = Array.wave(0.8, 16, 4);
        var modulation = Array.wave(0.9, 8, 4);
        adapter.put("transformer.transformer_blocks.0.attn.to_k.diff", key.tensor());
        adapter.put("lora_transformer_single_transformer_blocks_0_proj_mlp.diff", feed.tensor());
        adapter.put("lycoris_norm_out_linear.diff", modulation.tensor());
        var patched = patched(model(weights), 1);
        Array.of(i -> Math.fma(1, i / 16 == 1 ? key.values()[i % 16] : 0, (float) Math.sin(0.3 * (i + 1))), 12, 4)
                .assertIs(weight(patched, "double_blocks.0.img_attn.qkv.weight"));
        Array.of(i -> (float) Math.sin(0.5 * (i + 1)) + (i >= 48 ? feed.values()[i - 48] : 0), 28, 4)
                .assertIs(weight(patched, "single_blocks.0.linear1.weight"));
        // Diffusers has the scale before the shift.
        Array.of(i -> (float) Math.sin(0.6 * (i + 1)) + modulation.values()[(i + 16) % 32], 8, 4)
                .assertIs(weight(patched, "final_layer.adaLN_modulation.1.weight"));
    }

    @Test
    void controlLorasOfFluxWidenTheInput() throws IOException {
        var weights = new LinkedHashMap<String, Tensor>();
        weights.put("double_blocks.0.img_attn.qkv.weight", Array.wave(0.3, 12, 4).tensor());
        weights.put("single_blocks.0.linear1.weight", Array.wave(0.5, 28, 4).tensor());
        weights.put("single_blocks.0.norm.key_norm.scale", Array.wave(0.2, 4).tensor());
        weights.put("img_in.weight", Array.wave(0.6, 4, 3).tensor());
        weights.put("img_in.bias", Array.wave(0.1, 4).tensor());
        var up = Array.wave(0.7, 4, 2);
        var down = Array.wave(0.8, 2, 6);
        var bias = Array.wave(0.45, 4);
        var scale = Array.wave(0.35, 4);
        adapter.put("img_in.lora_B.weight", up.tensor());
        adapter.put("img_in.lora_A.weight", down.tensor());
        adapter.put("img_in.lora_B.bias", bias.tensor());
        adapter.put("single_blocks.0.norm.key_norm.scale", scale.tensor());
        var patched = patched(model(weights), 1);
        var change = up.times(down);
        assertEquals(6, patched.source().weights().size("img_in.weight", 1));
        Array.of(i -> change.values()[i] + (i % 6 < 3 ? (float) Math.sin(0.6 * (i / 6 * 3 + i % 6 + 1)) : 0), 4, 6)
                .assertIs(weight(patched, "img_in.weight"));
        Array.wave(0.1, 4).plus(bias, 1).assertIs(weight(patched, "img_in.bias"));
        scale.assertIs(weight(patched, "single_blocks.0.norm.key_norm.scale"));
    }
}
