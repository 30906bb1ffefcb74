package org.comfyee.nodes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.comfyee.torch.safetensors.SafetensorsFile;
import org.comfyee.torch.safetensors.SafetensorsWriter;
import org.comfyee.workflow.files.Folders;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models whose parts lie in files of their own give what their single file gives. */
class SeparateFilesTest {
    @TempDir
    private static Path base;

    private static WorkflowFixture fixture;

    @BeforeAll
    static void prepare() throws IOException {
        Torch.loadConfigured();
        var folders = Folders.of(base);
        folders.prepare();
        var whole = base.resolve("models/checkpoints/tiny-sdxl.safetensors");
        try (var shapes = SeparateFilesTest.class.getResourceAsStream("/golden/tiny-sdxl.shapes.json")) {
            SyntheticCheckpoint.write(whole, shapes);
        }
        part(whole, "model.diffusion_model.", "models/diffusion_models/unet.safetensors");
        part(whole, "conditioner.embedders.0.transformer.", "models/text_encoders/first.safetensors");
        part(whole, "cond", "models/text_encoders/other.safetensors");
        fixture = new WorkflowFixture(folders);
    }

    private static void part(Path whole, String prefix, String name) throws IOException {
        var file = base.resolve(name);
        Files.createDirectories(file.getParent());
        try (var _ = new TensorScope()) {
            var opened = SafetensorsFile.open(whole);
            var tensors = new LinkedHashMap<String, Tensor>();
            opened.names().stream().filter(each -> each.startsWith(prefix)).forEach(each -> tensors.put(each.substring(prefix.length()), opened.tensor(each)));
            SafetensorsWriter.write(file, tensors, Map.of());
        }
    }

    private static Map<String, Object> node(String type, Object... inputs) {
        var values = new HashMap<String, Object>();
        for (int i = 0; i < inputs.length; i += 2) {
            values.put((String) inputs[i], inputs[i + 1]);
        }
        return Map.of("class_type", type, "inputs", values);
    }

    private static Object link(String node, long output) {
        return java.util.List.of(node, output);
    }

    /** @param model links to a model that is sampled with the text of the whole file */
    private static float[] sampled(Map<String, Object> loader, Object model) throws IOException {
        var prompt = new HashMap<String, Object>(loader);
        prompt.put("1", node("CheckpointLoaderSimple", "ckpt_name", "tiny-sdxl.safetensors"));
        prompt.put("2", node("CLIPTextEncode", "text", "a cat", "clip", link("1", 1)));
        prompt.put("3", node("EmptyLatentImage", "width", 64L, "height", 64L, "batch_size", 1L));
        prompt.put("4", node("KSampler", "model", model, "seed", 1L, "steps", 2L, "cfg", 1.0, "sampler_name", "euler", "scheduler", "normal",
                "positive", link("2", 0), "negative", link("2", 0), "latent_image", link("3", 0), "denoise", 1.0));
        prompt.put("5", node("SaveLatent", "samples", link("4", 0), "filename_prefix", "part"));
        var result = fixture.run(prompt);
        assertTrue(result.success(), () -> String.valueOf(result.messages()));
        try (var _ = new TensorScope()) {
            return SafetensorsFile.open(fixture.savedFiles(result, "5").getLast()).tensor("latent_tensor").toFloats();
        }
    }

    private static Map<String, Object> unetLoader(String precision) {
        return Map.of("9", node("UNETLoader", "unet_name", "unet.safetensors", "weight_dtype", precision));
    }

    @Test
    void diffusionModelAloneIsThatOfTheCheckpoint() throws IOException {
        assertArrayEquals(sampled(Map.of(), link("1", 0)), sampled(unetLoader("default"), link("9", 0)));
    }

    @Test
    void roundedWeightsGiveAnotherPictureThatIsNear() throws IOException {
        var exact = sampled(Map.of(), link("1", 0));
        var rounded = sampled(unetLoader("fp8_e4m3fn"), link("9", 0));
        double difference = 0;
        double size = 0;
        for (int i = 0; i < exact.length; i++) {
            difference += Math.pow(exact[i] - rounded[i], 2);
            size += Math.pow(exact[i], 2);
        }
        double error = Math.sqrt(difference / size);
        assertTrue(error > 1e-4 && error < 0.5, "relative difference " + error);
    }

    @Test
    void aFileThatIsNoTextEncoderIsNamed() {
        var prompt = Map.<String, Object>of(
                "1", node("CLIPLoader", "clip_name", "other.safetensors", "type", "stable_diffusion"),
                "2", node("CLIPTextEncode", "text", "a cat", "clip", link("1", 0)),
                "3", node("CheckpointLoaderSimple", "ckpt_name", "tiny-sdxl.safetensors"),
                "4", node("EmptyLatentImage", "width", 64L, "height", 64L, "batch_size", 1L),
                "5", node("KSampler", "model", link("3", 0), "seed", 1L, "steps", 1L, "cfg", 1.0, "sampler_name", "euler", "scheduler", "normal",
                        "positive", link("2", 0), "negative", link("2", 0), "latent_image", link("4", 0), "denoise", 1.0),
                "6", node("SaveLatent", "samples", link("5", 0), "filename_prefix", "part"));
        var result = fixture.run(prompt);
        assertFalse(result.success());
        assertTrue(String.valueOf(result.messages()).contains("other.safetensors is no text encoder"), () -> String.valueOf(result.messages()));
    }
}
