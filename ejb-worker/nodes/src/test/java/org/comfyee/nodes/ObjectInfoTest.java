package org.comfyee.nodes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.comfyee.workflow.files.Folders;
import org.comfyee.workflow.json.Json;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeDefinition;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Definitions as clients see them, against a recording. */
class ObjectInfoTest {
    /** The files of ComfyUI's further nodes that are there as a whole, beside its main one. */
    private static final Set<String> WHOLE = Set.of(
            "advanced_samplers", "align_your_steps", "apg", "attention_multiply", "canny", "cfg", "clip_sdxl", "compositing", "cond",
            "controlnet", "custom_sampler", "differential_diffusion", "easycache", "edit_model", "eps", "flux", "freelunch", "fresca",
            "gits", "hooks", "hypernetwork", "hypertile", "images", "ip2p", "latent", "lora_extract", "mahiro", "mask", "model_advanced",
            "model_downscale", "model_merging", "model_merging_model_specific", "optimalsteps", "pag", "perpneg",
            "post_processing", "preview_any", "primitive", "rebatch", "sag", "sd3", "sdupscale", "slg", "string", "tcfg", "tomesd",
            "torch_compile", "upscale_model");

    private static final Set<String> UNRECORDED = Set.of("Morphology", "ImageRGBToYUV", "ImageYUVToRGB", "SaveImageWebsocket");

    @TempDir
    private static Path base;

    private static Map<String, Object> recorded;

    @BeforeAll
    static void prepare() throws IOException {
        try (var stream = ObjectInfoTest.class.getResourceAsStream("/golden/object_info.json")) {
            recorded = Json.object(Json.parse(stream)).orElseThrow();
        }
        // The files that were there when the recording was made.
        for (var file : new String[] {"models/checkpoints/broken.safetensors", "models/checkpoints/tiny-sd15.safetensors", "input/pattern.png"}) {
            Files.createDirectories(base.resolve(file).getParent());
            Files.createFile(base.resolve(file));
        }
    }

    /** All but those that were not there when the recording was made. */
    static Stream<String> names() {
        return WorkflowFixture.REGISTRY.all().stream().map(Node::definition).map(definition -> definition.name())
                .filter(name -> !UNRECORDED.contains(name));
    }

    @Test
    void filesOfNodesAreWhole() {
        var missing = recorded.entrySet().stream()
                .filter(entry -> isWhole((String) Json.object(entry.getValue()).orElseThrow().get("python_module")))
                .map(Map.Entry::getKey)
                .filter(name -> WorkflowFixture.REGISTRY.find(name).isEmpty())
                .toList();
        assertEquals(List.of(), missing);
    }

    private static boolean isWhole(String module) {
        return module.equals("nodes") || WHOLE.contains(module.replaceFirst("^comfy_extras\\.nodes_", ""));
    }

    @Test
    void definitionsThatWereNotRecordedAreWrittenLikeTheOthers() {
        var sharpen = Json.object(recorded.get("ImageSharpen")).orElseThrow();
        var morphology = Json.object(Json.parse(Json.write(definition("Morphology").toObjectInfo(Folders.of(base))))).orElseThrow();
        assertEquals(sharpen.keySet(), morphology.keySet());
        assertEquals(Json.parse("""
                {"required": {"image": ["IMAGE", {}], "kernel_size": ["INT", {"default": 3, "min": 3, "max": 999, "step": 1}],
                    "operation": ["COMBO", {"multiselect": false,
                        "options": ["erode", "dilate", "open", "close", "gradient", "bottom_hat", "top_hat"]}]}}"""), morphology.get("input"));
        assertEquals("ImageMorphology", morphology.get("display_name"));
        assertEquals(Json.parse("""
                {"input": {"required": {"images": ["IMAGE"]}}, "input_order": {"required": ["images"]}, "output": [], "output_is_list": [],
                 "output_name": [], "name": "SaveImageWebsocket", "display_name": "SaveImageWebsocket", "description": "",
                 "python_module": "custom_nodes.websocket_image_save", "category": "api/image", "output_node": true}"""),
                Json.parse(Json.write(definition("SaveImageWebsocket").toObjectInfo(Folders.of(base)))));
        assertEquals(List.of("Y", "U", "V"), definition("ImageRGBToYUV").toObjectInfo(Folders.of(base)).get("output_name"));
    }

    private static NodeDefinition definition(String name) {
        return WorkflowFixture.REGISTRY.find(name).orElseThrow().definition();
    }

    @ParameterizedTest
    @MethodSource("names")
    void definitionEqualsTheRecording(String name) {
        assertEquals(recorded.get(name), Json.parse(Json.write(definition(name).toObjectInfo(Folders.of(base)))));
    }
}
