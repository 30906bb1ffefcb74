package org.comfyee.diffusion.adapter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.comfyee.diffusion.checkpoint.CheckpointException;
import org.comfyee.diffusion.patch.AttentionInputs;
import org.comfyee.torch.Device;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.comfyee.torch.safetensors.SafetensorsWriter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hypernetworks, against plain loops. */
class HypernetworkTest {
    private static final double STRENGTH = 0.5;

    @TempDir
    private Path directory;

    @BeforeAll
    static void load() {
        Torch.loadConfigured();
    }

    private Hypernetwork network(Map<String, Array> weights, Map<String, String> metadata) throws IOException {
        var tensors = new HashMap<String, Tensor>();
        weights.forEach((name, value) -> tensors.put(name, value.tensor()));
        var path = directory.resolve("hypernetwork.safetensors");
        SafetensorsWriter.write(path, tensors, metadata);
        return Hypernetwork.open(path);
    }

    private static AttentionInputs inputs(Array keys) {
        return new AttentionInputs(Array.wave(0.9, 1, 2, 5).tensor(), keys.shaped(1, 2, 3).tensor(), keys.shaped(1, 2, 3).tensor());
    }

    private static Array biased(Array product, Array bias) {
        return Array.of(i -> product.values()[i] + bias.values()[(int) (i % bias.shape()[0])], product.shape());
    }

    @Test
    void keysAndValuesOfTheWidthAreChanged() throws IOException {
        var up = Array.wave(0.3, 6, 3);
        var upBias = Array.wave(0.4, 6);
        var down = Array.wave(0.5, 3, 6);
        var downBias = Array.wave(0.6, 3);
        var values = Array.wave(0.7, 3, 3);
        var valuesBias = Array.wave(0.8, 3);
        var weights = Map.of("3.0.linear.0.weight", up, "3.0.linear.0.bias", upBias, "3.0.linear.2.weight", down, "3.0.linear.2.bias", downBias,
                "3.1.linear.0.weight", values, "3.1.linear.0.bias", valuesBias);
        var keys = Array.wave(0.21, 2, 3);
        try (var _ = new TensorScope()) {
            var patch = network(weights, Map.of("activation_func", "relu")).patch(STRENGTH);
            var changed = patch.attentionInputs(null, null, inputs(keys));
            var hidden = biased(keys.times(up.transposed()), upBias);
            var relu = Array.of(i -> Math.max(0, hidden.values()[i]), 2, 6);
            keys.plus(biased(relu.times(down.transposed()), downBias), STRENGTH).shaped(1, 2, 3).assertIs(changed.key());
            // The only layer is the last one, after which there is no activation.
            keys.plus(biased(keys.times(values.transposed()), valuesBias), STRENGTH).shaped(1, 2, 3).assertIs(changed.value());
            var other = new AttentionInputs(changed.query(), changed.query(), changed.query());
            assertSame(other, patch.attentionInputs(null, null, other));
        }
    }

    @Test
    void changesAreOfTheTypeAndOnTheDeviceOfTheInputs() throws IOException {
        var keys = Array.wave(0.21, 2, 3);
        var weights = Map.of("3.0.linear.0.weight", Array.wave(0.3, 3, 3), "3.0.linear.0.bias", Array.wave(0.4, 3),
                "3.1.linear.0.weight", Array.wave(0.7, 3, 3), "3.1.linear.0.bias", Array.wave(0.8, 3));
        try (var _ = new TensorScope()) {
            var patch = network(weights, Map.of()).patch(STRENGTH);
            var exact = patch.attentionInputs(null, null, inputs(keys));
            var rounded = inputs(keys);
            var changed = patch.attentionInputs(null, null, new AttentionInputs(rounded.query(), rounded.key().to(ScalarType.BFLOAT16),
                    rounded.value().to(ScalarType.BFLOAT16)));
            assertEquals(ScalarType.BFLOAT16, changed.key().dtype());
            assertArrayEquals(exact.key().toFloats(), changed.key().toFloats(), 0.05f);
            var elsewhere = patch.attentionInputs(null, null, new AttentionInputs(rounded.query(), rounded.key().to(Device.STAND_IN),
                    rounded.value().to(Device.STAND_IN)));
            assertEquals(Device.STAND_IN, elsewhere.value().device());
            assertArrayEquals(exact.value().toFloats(), elsewhere.value().toFloats(), 1e-5f);
        }
    }

    @Test
    void activationsAreWhatTheirNamesSay() throws IOException {
        var expected = Map.<String, DoubleUnaryOperator>of(
                "leakyrelu", x -> x > 0 ? x : 0.01 * x, "elu", x -> x > 0 ? x : Math.exp(x) - 1,
                "swish", x -> x * Math.clamp(x + 3, 0, 6) / 6, "softsign", x -> x / (1 + Math.abs(x)),
                "mish", x -> x * Math.tanh(Math.log(1 + Math.exp(x))), "tanh", Math::tanh, "sigmoid", x -> 1 / (1 + Math.exp(-x)));
        var keys = Array.wave(0.9, 2, 3);
        var nothing = Array.of(_ -> 0, 3);
        for (var each : expected.entrySet()) {
            try (var _ = new TensorScope()) {
                var weights = Map.of("3.0.linear.0.weight", Array.identity(3), "3.0.linear.0.bias", nothing,
                        "3.1.linear.0.weight", Array.identity(3), "3.1.linear.0.bias", nothing);
                var changed = network(weights, Map.of("activation_func", each.getKey(), "activate_output", "True")).patch(1)
                        .attentionInputs(null, null, inputs(keys));
                Array.of(i -> keys.values()[i] + each.getValue().applyAsDouble(keys.values()[i]), 1, 2, 3).assertIs(changed.key());
            }
        }
    }

    @Test
    void picklesAndOtherFilesAreRefusedByName() throws IOException {
        var pickle = Files.writeString(directory.resolve("old.pt"), "a pickle");
        assertTrue(assertThrows(CheckpointException.class, () -> Hypernetwork.open(pickle)).getMessage().contains("old.pt"));
        try (var _ = new TensorScope()) {
            var refusal = assertThrows(CheckpointException.class, () -> network(Map.of("a", Array.identity(3)), Map.of()));
            assertTrue(refusal.getMessage().contains("no hypernetwork"), refusal.getMessage());
            var unknown = assertThrows(CheckpointException.class, () -> network(Map.of("a", Array.identity(3)), Map.of("activation_func", "sine")));
            assertEquals(true, unknown.getMessage().contains("'sine'"), unknown.getMessage());
            var normless = assertThrows(CheckpointException.class, () -> network(Map.of("3.0.linear.0.weight", Array.identity(3), "3.1.linear.0.weight",
                    Array.identity(3)), Map.of("is_layer_norm", "true")));
            assertTrue(normless.getMessage().contains("lacks a norm"), normless.getMessage());
        }
    }
}
