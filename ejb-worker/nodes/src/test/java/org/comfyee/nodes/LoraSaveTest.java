package org.comfyee.nodes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.comfyee.torch.safetensors.SafetensorsFile;
import org.comfyee.workflow.files.Folders;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** LoRAs that are made of the difference of models give the models back. */
class LoraSaveTest {
    private static final String WEIGHT = "model.diffusion_model.middle_block.1.proj_in.weight";
    private static final String CONVOLUTION = "model.diffusion_model.input_blocks.1.0.in_layers.2.weight";
    private static final String TEXT = "cond_stage_model.transformer.text_model.encoder.layers.0.mlp.fc1.weight";

    @TempDir
    private static Path base;

    private static WorkflowFixture fixture;

    @BeforeAll
    static void write() throws IOException {
        Torch.loadConfigured();
        var folders = Folders.of(base);
        folders.prepare();
        SyntheticCheckpoint.write(base.resolve("models/checkpoints/tiny-sd15.safetensors"), SyntheticCheckpoint.Layout.TINY_SD15);
        try (var shapes = LoraSaveTest.class.getResourceAsStream("/golden/tiny-lora.shapes.json")) {
            SyntheticCheckpoint.write(Files.createDirectories(base.resolve("models/loras")).resolve("tiny-lora.safetensors"), shapes);
        }
        fixture = new WorkflowFixture(folders);
        run(Map.of(
                "2", lora("tiny-lora.safetensors"),
                "3", save("2", "wanted"),
                "4", node("ModelMergeSubtract", "model1", List.of("2", 0), "model2", List.of("1", 0), "multiplier", 1.0),
                "5", node("CLIPMergeSubtract", "clip1", List.of("2", 1), "clip2", List.of("1", 1), "multiplier", 1.0),
                "6", extraction("standard", "loras/standard"),
                "7", extraction("full_diff", "loras/full"),
                "8", save("1", "plain")));
    }

    private static Map<String, Object> node(String type, Object... inputs) {
        var values = new HashMap<String, Object>();
        for (int i = 0; i < inputs.length; i += 2) {
            values.put((String) inputs[i], inputs[i + 1]);
        }
        return Map.of("class_type", type, "inputs", values);
    }

    private static Map<String, Object> lora(String file) {
        return node("LoraLoader", "model", List.of("1", 0), "clip", List.of("1", 1), "lora_name", file, "strength_model", 1.0, "strength_clip", 1.0);
    }

    private static Map<String, Object> save(String models, String name) {
        return node("CheckpointSave", "model", List.of(models, 0), "clip", List.of(models, 1), "vae", List.of("1", 2), "filename_prefix", name);
    }

    private static Map<String, Object> extraction(String type, String name) {
        return node("LoraSave", "filename_prefix", name, "rank", 4L, "lora_type", type, "bias_diff", true,
                "model_diff", List.of("4", 0), "text_encoder_diff", List.of("5", 0));
    }

    private static void run(Map<String, Object> nodes) {
        var prompt = new HashMap<>(nodes);
        prompt.put("1", node("CheckpointLoaderSimple", "ckpt_name", "tiny-sd15.safetensors"));
        var result = fixture.run(prompt);
        assertTrue(result.success(), () -> String.valueOf(result.messages()));
    }

    private static SafetensorsFile saved(String name) throws IOException {
        return SafetensorsFile.open(base.resolve("output").resolve(name));
    }

    /** What is left of the difference between a weight and the wanted one, 1 for all of it. */
    private static double missing(String weight, SafetensorsFile given) throws IOException {
        var wanted = saved("wanted_00001_.safetensors").tensor(weight).toFloats();
        var plain = saved("plain_00001_.safetensors").tensor(weight).toFloats();
        var values = given.tensor(weight).toFloats();
        double error = 0;
        double size = 0;
        for (int i = 0; i < wanted.length; i++) {
            error += Math.pow(values[i] - wanted[i], 2);
            size += Math.pow(plain[i] - wanted[i], 2);
        }
        assertTrue(size > 0);
        return Math.sqrt(error / size);
    }

    private static SafetensorsFile reapplied(String file) throws IOException {
        run(Map.of("2", lora(file), "3", save("2", "from-" + file)));
        return saved("from-" + file + "_00001_.safetensors");
    }

    @Test
    void wholeDifferencesGiveTheModelsBack() throws IOException {
        try (var _ = new TensorScope()) {
            var given = reapplied("full_00001_.safetensors");
            for (var weight : List.of(WEIGHT, CONVOLUTION, TEXT)) {
                assertEquals(0, missing(weight, given), 2e-3, weight);
            }
        }
    }

    @Test
    void productsOfTheRankOfTheLoraNearlyGiveTheModelsBack() throws IOException {
        try (var _ = new TensorScope()) {
            var given = reapplied("standard_00001_.safetensors");
            // The largest hundredth of the factors is cut off, which costs the more the larger the change is.
            for (var weight : List.of(WEIGHT, TEXT)) {
                assertEquals(0, missing(weight, given), 0.1, weight);
            }
            assertEquals(0, missing(CONVOLUTION, given), 0.4);
            var file = saved("loras/standard_00001_.safetensors");
            assertArrayEquals(new long[] {4, 32, 3, 3}, file.shape("diffusion_model.input_blocks.1.0.in_layers.2.lora_down.weight"));
            assertArrayEquals(new long[] {32, 4, 1, 1}, file.shape("diffusion_model.input_blocks.1.0.in_layers.2.lora_up.weight"));
            assertTrue(file.names().contains("diffusion_model.input_blocks.1.0.in_layers.0.diff"));
            assertFalse(file.names().contains("diffusion_model.input_blocks.1.0.in_layers.2.diff"));
        }
    }
}
