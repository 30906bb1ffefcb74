package org.comfyee.nodes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.comfyee.torch.safetensors.SafetensorsFile;
import org.comfyee.workflow.files.Folders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that nodes patch, merge and save. */
class MergingTest {
    @TempDir
    private Path base;

    private static Map<String, Object> node(String type, Object... namesAndValues) {
        var inputs = new LinkedHashMap<String, Object>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            inputs.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return Map.of("class_type", type, "inputs", inputs);
    }

    private SafetensorsFile saved(String name) throws IOException {
        return SafetensorsFile.open(base.resolve("output").resolve(name));
    }

    private static boolean differ(SafetensorsFile one, SafetensorsFile other, String weight) {
        var name = "model.diffusion_model." + weight;
        return !Arrays.equals(one.tensor(name).toFloats(), other.tensor(name).toFloats());
    }

    @Test
    void modelsAreMergedBlockByBlockAndSaved() throws Exception {
        Torch.loadConfigured();
        var folders = Folders.of(base);
        folders.prepare();
        SyntheticCheckpoint.write(base.resolve("models/checkpoints/tiny-sd15.safetensors"), SyntheticCheckpoint.Layout.TINY_SD15);
        try (var shapes = MergingTest.class.getResourceAsStream("/golden/tiny-lora.shapes.json")) {
            SyntheticCheckpoint.write(Files.createDirectories(base.resolve("models/loras")).resolve("tiny-lora.safetensors"), shapes);
        }
        var prompt = new LinkedHashMap<String, Object>();
        prompt.put("1", node("CheckpointLoaderSimple", "ckpt_name", "tiny-sd15.safetensors"));
        prompt.put("2", node("LoraLoader", "model", List.of("1", 0), "clip", List.of("1", 1), "lora_name", "tiny-lora.safetensors",
                "strength_model", 1.0, "strength_clip", 1.0));
        prompt.put("3", node("ModelMergeBlocks", "model1", List.of("1", 0), "model2", List.of("2", 0), "input", 1.0, "middle", 0.0, "out", 1.0));
        prompt.put("4", node("CLIPMergeSimple", "clip1", List.of("1", 1), "clip2", List.of("2", 1), "ratio", 0.5));
        prompt.put("5", node("ModelSave", "model", List.of("2", 0), "filename_prefix", "lora"));
        prompt.put("6", node("CheckpointSave", "model", List.of("3", 0), "clip", List.of("4", 0), "vae", List.of("1", 2), "filename_prefix", "merged"));
        prompt.put("7", node("CLIPSave", "clip", List.of("2", 1), "filename_prefix", "clip/text"));
        prompt.put("8", node("VAESave", "vae", List.of("1", 2), "filename_prefix", "vae"));
        prompt.put("9", node("ModelMergeSD1", "model1", List.of("1", 0), "model2", List.of("2", 0)));
        prompt.put("10", node("ModelSave", "model", List.of("9", 0), "filename_prefix", "family"));
        var merge = WorkflowFixture.REGISTRY.find("ModelMergeSD1").orElseThrow().definition();
        @SuppressWarnings("unchecked")
        var inputs = (Map<String, Object>) ((Map<String, Object>) prompt.get("9")).get("inputs");
        merge.inputs().keySet().stream().filter(name -> !name.startsWith("model")).forEach(name -> inputs.put(name, name.equals("input_blocks.1.") ? 0.0 : 1.0));
        var result = new WorkflowFixture(folders).run(prompt);
        assertTrue(result.success(), () -> String.valueOf(result.messages()));
        try (var _ = new TensorScope()) {
            var original = SafetensorsFile.open(base.resolve("models/checkpoints/tiny-sd15.safetensors"));
            var patched = saved("lora_00001_.safetensors");
            var merged = saved("merged_00001_.safetensors");
            var middle = "middle_block.0.in_layers.2.weight";
            var input = "input_blocks.1.0.in_layers.2.weight";
            assertTrue(differ(original, patched, middle) && differ(original, patched, input));
            assertFalse(differ(patched, merged, middle));
            assertFalse(differ(original, merged, input));
            var text = "text_model.encoder.layers.0.mlp.fc1.weight";
            var before = original.tensor("cond_stage_model.transformer." + text).toFloats();
            var after = saved("clip/text_clip_l_00001_.safetensors").tensor(text).toFloats();
            var mixed = merged.tensor("cond_stage_model.transformer." + text).toFloats();
            for (int i = 0; i < mixed.length; i += 97) {
                assertEquals((before[i] + after[i]) / 2, mixed[i], 1e-3);
            }
            assertArrayEquals(original.tensor("first_stage_model.decoder.conv_in.weight").toFloats(),
                    saved("vae_00001_.safetensors").tensor("decoder.conv_in.weight").toFloats());
            var family = saved("family_00001_.safetensors");
            assertFalse(differ(patched, family, input));
            assertFalse(differ(original, family, "input_blocks.10.0.in_layers.2.weight"));
            assertTrue(merged.metadata().get("prompt").contains("ModelMergeBlocks"));
        }
    }
}
