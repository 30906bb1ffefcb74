package org.comfyee.diffusion.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.comfyee.diffusion.Expected;
import org.comfyee.diffusion.WeightFiles;
import org.comfyee.diffusion.checkpoint.CheckpointException;
import org.comfyee.diffusion.checkpoint.CheckpointLoader;
import org.comfyee.diffusion.checkpoint.DiffusersUNetNames;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.model.ControlResiduals;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.comfyee.torch.safetensors.SafetensorsFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layouts, types, differences and chains of ControlNets for U-Nets; what the original layout computes is held by recordings elsewhere. */
class UNetControlTest {
    private static final String NETWORK = "model.diffusion_model.";
    private static final int[] HINT_CHANNELS = {3, 16, 16, 32, 32, 96, 96, 256};

    @TempDir
    private static Path directory;

    private static DiffusionModel model;
    /** Names without prefix. */
    private static final Map<String, long[]> SHAPES = new LinkedHashMap<>();

    private TensorScope scope;

    @BeforeAll
    static void write() throws IOException {
        Torch.loadConfigured();
        var checkpoint = directory.resolve("tiny-sd15.safetensors");
        SyntheticCheckpoint.write(checkpoint, SyntheticCheckpoint.Layout.TINY_SD15);
        model = CheckpointLoader.load(checkpoint).model();
        var network = model.source().weights();
        for (var name : network.names()) {
            if (name.startsWith("input_blocks") || name.startsWith("middle_block") || name.startsWith("time_embed")) {
                SHAPES.put(name, network.get(name).shape());
            }
        }
        for (int i = 0; i < network.count("input_blocks"); i++) {
            var block = network.at("input_blocks." + i + ".0");
            long channels = block.size(block.has("weight") ? "weight" : block.has("op") ? "op.weight" : "out_layers.3.weight", 0);
            convolution("zero_convs." + i + ".0", channels, channels, 1);
        }
        convolution("middle_block_out.0", 128, 128, 1);
        for (int i = 0; i < HINT_CHANNELS.length; i++) {
            convolution("input_hint_block." + 2 * i, i + 1 < HINT_CHANNELS.length ? HINT_CHANNELS[i + 1] : 32, HINT_CHANNELS[i], 3);
        }
    }

    private static void convolution(String name, long out, long in, long size) {
        SHAPES.put(name + ".weight", new long[] {out, in, size, size});
        SHAPES.put(name + ".bias", new long[] {out});
    }

    @BeforeEach
    void open() {
        scope = new TensorScope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Path plain() throws IOException {
        return WeightFiles.synthetic(directory.resolve("plain.safetensors"), SHAPES);
    }

    private static ControlResiduals residuals(Path file) throws IOException {
        return residuals(ControlNetFiles.load(file, Optional.empty()));
    }

    private static ControlResiduals residuals(ControlNet net) {
        return ControlFixture.residuals(net, Expected.wave(0.01, 1, 3, 64, 64).abs(), model, Expected.wave(0.37, 1, 4, 8, 8),
                Map.of(TensorSlot.CONTEXT, Expected.wave(0.2, 1, 77, 64)));
    }

    private static void assertSame(ControlResiduals wanted, ControlResiduals given) {
        assertEquals(wanted.output().size(), given.output().size());
        for (int i = 0; i < wanted.output().size(); i++) {
            assertSame(wanted.output().get(i).orElseThrow(), given.output().get(i).orElseThrow());
        }
        assertSame(wanted.middle().getFirst().orElseThrow(), given.middle().getFirst().orElseThrow());
    }

    private static void assertSame(Tensor wanted, Tensor given) {
        assertTrue(wanted.sub(given).abs().max().item() <= 1e-4 * wanted.abs().max().item());
    }

    /** The names of diffusers by those of the original layout. */
    private static Map<String, String> diffusersNames(Path file) throws IOException {
        var names = new HashMap<String, String>();
        DiffusersUNetNames.originalByDiffusers(Weights.of(SafetensorsFile.open(file))).forEach((diffusers, original) -> names.put(original, diffusers));
        for (int i = 0; i < 12; i++) {
            names.put("zero_convs." + i + ".0", "controlnet_down_blocks." + i);
        }
        names.put("middle_block_out.0", "controlnet_mid_block");
        names.put("input_hint_block.0", "controlnet_cond_embedding.conv_in");
        for (int i = 1; i < 7; i++) {
            names.put("input_hint_block." + 2 * i, "controlnet_cond_embedding.blocks." + (i - 1));
        }
        names.put("input_hint_block.14", "controlnet_cond_embedding.conv_out");
        return names;
    }

    @Test
    void layoutOfDiffusersSaysTheSame() throws IOException {
        var plain = plain();
        var names = diffusersNames(plain);
        var renamed = new LinkedHashMap<String, Tensor>();
        WeightFiles.read(plain).forEach((name, tensor) -> {
            var kind = name.substring(name.lastIndexOf('.'));
            var base = name.substring(0, name.lastIndexOf('.'));
            renamed.put(names.containsKey(name) ? names.get(name) : names.get(base) + kind, tensor);
        });
        assertFalse(renamed.containsKey("null.weight"));
        assertSame(residuals(plain), residuals(WeightFiles.write(directory.resolve("diffusers.safetensors"), renamed)));
    }

    @Test
    void differencesAreAddedToTheModelsWeights() throws IOException {
        var network = model.source().weights();
        var sums = new LinkedHashMap<String, Tensor>();
        var differences = new LinkedHashMap<String, Tensor>();
        WeightFiles.read(plain()).forEach((name, tensor) -> {
            var difference = tensor.to(ScalarType.FLOAT32).mul(0.1);
            differences.put("control_model." + name, difference);
            sums.put("control_model." + name, network.find(name).map(base -> base.borrow().add(difference)).orElse(difference));
        });
        differences.put("difference", Tensor.of(new float[0], 0));
        var file = WeightFiles.write(directory.resolve("difference.safetensors"), differences);
        var wanted = residuals(WeightFiles.write(directory.resolve("sums.safetensors"), sums));
        assertSame(wanted, residuals(ControlNetFiles.load(file, Optional.of(model))));
    }

    @Test
    void controlLorasAreAddedToTheModelsWeights() throws IOException {
        var network = model.source().weights();
        var sums = new LinkedHashMap<String, Tensor>();
        var lora = new LinkedHashMap<String, Tensor>();
        var plain = WeightFiles.read(plain());
        plain.forEach((name, tensor) -> {
            if (network.find(name).isEmpty()) {
                lora.put(name, tensor);
                sums.put(name, tensor);
            } else if (name.endsWith("in_layers.2.weight")) {
                var up = Expected.wave(0.3, tensor.size(0), 2, 1, 1).mul(0.1);
                var down = Expected.wave(0.2, 2, tensor.size(1), 3, 3).mul(0.1);
                var layer = name.substring(0, name.length() - ".weight".length());
                lora.put(layer + ".up", up);
                lora.put(layer + ".down", down);
                // Of each output and input the sum over both ranks.
                var sum = up.select(1, 0).unsqueeze(1).mul(down.select(0, 0).unsqueeze(0)).add(up.select(1, 1).unsqueeze(1).mul(down.select(0, 1).unsqueeze(0)));
                sums.put(name, network.get(name).borrow().add(sum));
            } else {
                sums.put(name, network.get(name).borrow());
            }
        });
        lora.put("lora_controlnet", Tensor.of(new float[0], 0));
        var wanted = residuals(WeightFiles.write(directory.resolve("whole.safetensors"), sums));
        assertSame(wanted, residuals(WeightFiles.write(directory.resolve("lora.safetensors"), lora)));
    }

    @Test
    void shuffledPicturesCountByTheirMeans() throws IOException {
        var file = Files.copy(plain(), directory.resolve("control_shuffle.safetensors"));
        var map = residuals(file).output().get(1).orElseThrow();
        var mean = residuals(plain()).output().get(1).orElseThrow().mean(3, true).mean(2, true);
        assertSame(mean.expand(map.shape()), map);
    }

    private static Path union(int types) throws IOException {
        var shapes = new LinkedHashMap<>(SHAPES);
        shapes.put("task_embedding", new long[] {types, 32});
        linear(shapes, "control_add_embedding.linear_1", 128, types * 256L);
        linear(shapes, "control_add_embedding.linear_2", 128, 128);
        linear(shapes, "spatial_ch_projs", 32, 32);
        linear(shapes, "transformer_layes.0.attn.out_proj", 32, 32);
        shapes.put("transformer_layes.0.attn.in_proj_weight", new long[] {96, 32});
        shapes.put("transformer_layes.0.attn.in_proj_bias", new long[] {96});
        linear(shapes, "transformer_layes.0.mlp.c_fc", 128, 32);
        linear(shapes, "transformer_layes.0.mlp.c_proj", 32, 128);
        for (var norm : List.of("ln_1", "ln_2")) {
            shapes.put("transformer_layes.0." + norm + ".weight", new long[] {32});
            shapes.put("transformer_layes.0." + norm + ".bias", new long[] {32});
        }
        return WeightFiles.synthetic(directory.resolve("union-" + types + ".safetensors"), shapes);
    }

    private static void linear(Map<String, long[]> shapes, String name, long out, long in) {
        shapes.put(name + ".weight", new long[] {out, in});
        shapes.put(name + ".bias", new long[] {out});
    }

    @Test
    void unionsMarkThePictureWithItsType() throws IOException {
        var net = ControlNetFiles.load(union(6), Optional.empty());
        var auto = residuals(net).output().getFirst().orElseThrow();
        var depth = residuals(net.withTypes(List.of(1))).output().getFirst().orElseThrow();
        var other = residuals(net.withTypes(List.of(2))).output().getFirst().orElseThrow();
        // The first block knows no timestep, so types only shift whole channels of the hint there.
        var shift = depth.sub(auto);
        assertSame(shift.mean(3, true).mean(2, true).expand(shift.shape()), shift);
        assertNotEquals(0, shift.abs().max().item());
        assertNotEquals(0, depth.sub(other).abs().max().item());
        var refusal = assertThrows(IllegalArgumentException.class, () -> residuals(net.withTypes(List.of(6))));
        assertTrue(refusal.getMessage().contains("number 6") && refusal.getMessage().contains("6 types"), refusal.getMessage());
    }

    @Test
    void strengthsAndRangesOfChains() throws IOException {
        var net = ControlNetFiles.load(plain(), Optional.empty());
        var picture = Expected.wave(0.01, 1, 3, 64, 64).abs();
        var x = Expected.wave(0.37, 1, 4, 8, 8);
        var tensors = Map.of(TensorSlot.CONTEXT, Expected.wave(0.2, 1, 77, 64));
        var early = new AppliedControl(net, picture, 0.5, 0, 0.5, Optional.empty(), List.of(), Optional.empty());
        var both = new AppliedControl(net, picture, 2, 0, 1, Optional.empty(), List.of(), Optional.of(early));
        var one = ControlFixture.residuals(net, picture, model, x, tensors).output().get(3).orElseThrow();
        float noisy = 10;
        float nearlyDone = 0.1f;
        assertTrue(ControlFixture.run(early, model, x, tensors, nearlyDone).isEmpty());
        var atStart = ControlFixture.run(both, model, x, tensors, noisy).orElseThrow().output().get(3).orElseThrow();
        var atEnd = ControlFixture.run(both, model, x, tensors, nearlyDone).orElseThrow().output().get(3).orElseThrow();
        var alone = new AppliedControl(net, picture, 1, 0, 1, Optional.empty(), List.of(), Optional.empty());
        assertSame(ControlFixture.run(alone, model, x, tensors, noisy).orElseThrow().output().get(3).orElseThrow().mul(2.5), atStart);
        assertSame(ControlFixture.run(alone, model, x, tensors, nearlyDone).orElseThrow().output().get(3).orElseThrow().mul(2), atEnd);
        assertArrayEquals(one.shape(), atEnd.shape());
    }

    @Test
    void picturesAreCutToTheProportionsOfTheLatents() throws IOException {
        var net = ControlNetFiles.load(plain(), Optional.empty());
        var x = Expected.wave(0.37, 1, 4, 8, 8);
        var tensors = Map.of(TensorSlot.CONTEXT, Expected.wave(0.2, 1, 77, 64));
        var wide = Expected.wave(0.01, 1, 3, 64, 96).abs();
        var middle = wide.narrow(3, 16, 64).contiguous();
        assertSame(ControlFixture.residuals(net, middle, model, x, tensors), ControlFixture.residuals(net, wide, model, x, tensors));
    }

    @Test
    void otherFilesAreRefusedByName() throws IOException {
        var file = WeightFiles.write(directory.resolve("strange.safetensors"), Map.of("a", Tensor.zeros(ScalarType.FLOAT32, 1)));
        var refusal = assertThrows(CheckpointException.class, () -> ControlNetFiles.load(file, Optional.empty()));
        assertTrue(refusal.getMessage().contains("strange.safetensors"), refusal.getMessage());
    }
}
