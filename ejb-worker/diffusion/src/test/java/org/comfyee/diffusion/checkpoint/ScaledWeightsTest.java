package org.comfyee.diffusion.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.comfyee.diffusion.Expected;
import org.comfyee.diffusion.WeightFiles;
import org.comfyee.diffusion.model.NetworkInput;
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

/** Files of 8 bit floats with a factor for each layer. */
class ScaledWeightsTest {
    @TempDir
    private static Path directory;

    private TensorScope scope;

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

    private static Weights written(String name, Map<String, Tensor> tensors) throws IOException {
        return WeightsFile.open(WeightFiles.write(directory.resolve(name), tensors));
    }

    private static Tensor eights(float... values) {
        return Tensor.of(values, 1, values.length).to(ScalarType.FLOAT8_E4M3FN);
    }

    @Test
    void weightsAreMultipliedByTheirFactors() throws IOException {
        var weights = written("scaled.safetensors", Map.of(
                "a.scaled_fp8", Tensor.of(new float[] {0}, 1).to(ScalarType.FLOAT8_E4M3FN),
                "a.b.weight", eights(1, -448, 0.5f), "a.b.scale_weight", Tensor.scalar(0.01).to(ScalarType.FLOAT32),
                "a.b.scale_input", Tensor.scalar(3).to(ScalarType.FLOAT32), "a.b.bias", Tensor.of(new float[] {7}, 1),
                "a.c.weight", eights(2), "a.d.weight", Tensor.of(new float[] {2}, 1), "a.d.scale_weight", Tensor.of(new float[] {5}, 1)));
        assertEquals(List.of("b.bias", "b.weight", "c.weight", "d.scale_weight", "d.weight"), weights.at("a").names());
        assertArrayEquals(new float[] {0.01f, -4.48f, 0.005f}, weights.get("a.b.weight").get().toFloats(), 1e-7f);
        assertArrayEquals(new float[] {2}, weights.get("a.c.weight").get().toFloats());
        assertArrayEquals(new float[] {2}, weights.get("a.d.weight").get().toFloats());
    }

    @Test
    void productsAreNotRoundedOnceMore() throws IOException {
        var weight = written("again.safetensors", Map.of("b.weight", eights(3), "b.scale_weight", Tensor.of(new float[] {0.1f}, 1))).get("b.weight");
        assertSame(weight, weight.rounded(ScalarType.FLOAT8_E5M2));
        assertSame(weight, Placements.USUAL.shortened(weight));
        // A change of it is not forced into 8 bits either.
        var changed = weight.patched(weight.shape(), value -> value.add(0.0123)).remembered();
        assertEquals(0.3123, changed.get().item(), 1e-6);
    }

    @Test
    void aNetworkOfScaledWeightsPredictsAsOneOfTheirProducts() throws IOException {
        var original = directory.resolve("tiny-sd2.safetensors");
        try (var shapes = ScaledWeightsTest.class.getResourceAsStream("tiny-sd2.shapes.json")) {
            SyntheticCheckpoint.write(original, shapes);
        }
        var scaled = new LinkedHashMap<String, Tensor>();
        var products = new LinkedHashMap<String, Tensor>();
        var file = SafetensorsFile.open(original);
        for (var name : file.names()) {
            var value = file.tensor(name).to(ScalarType.FLOAT32);
            boolean layer = name.startsWith("model.diffusion_model.") && name.endsWith(".weight") && value.dim() == 2;
            if (layer) {
                double factor = value.abs().max().item() / 448;
                var eight = value.div(factor).to(ScalarType.FLOAT8_E4M3FN);
                scaled.put(name, eight);
                scaled.put(name.replace(".weight", ".scale_weight"), Tensor.scalar(factor).to(ScalarType.FLOAT32));
                products.put(name, eight.to(ScalarType.FLOAT32).mul(factor));
            } else {
                scaled.put(name, value);
                products.put(name, value);
            }
        }
        WeightFiles.write(directory.resolve("eights.safetensors"), scaled);
        WeightFiles.write(directory.resolve("products.safetensors"), products);
        assertArrayEquals(predicted("products.safetensors"), predicted("eights.safetensors"), 1e-4f);
    }

    private static float[] predicted(String name) throws IOException {
        var tensors = Map.of(TensorSlot.CONTEXT, Expected.wave(0.2, 1, 77, 128));
        return CheckpointLoader.load(directory.resolve(name)).model().source().network()
                .predict(new NetworkInput(Expected.wave(0.37, 1, 4, 6, 10), new float[] {500}, tensors, Optional.empty())).toFloats();
    }
}
