package org.comfyee.nodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.comfyee.workflow.execution.ExecutionResult;
import org.comfyee.workflow.execution.WorkflowEvent;
import org.comfyee.workflow.files.Folders;
import org.comfyee.workflow.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Films and texts that workflows show. */
class AnimationTest {
    @TempDir
    private Path base;

    private static Map<String, Object> node(String type, Object... inputs) {
        var values = new HashMap<String, Object>();
        for (int i = 0; i < inputs.length; i += 2) {
            values.put((String) inputs[i], inputs[i + 1]);
        }
        return Map.of("class_type", type, "inputs", values);
    }

    private WorkflowFixture fixture() throws Exception {
        var folders = Folders.of(base);
        folders.prepare();
        return new WorkflowFixture(folders);
    }

    /** A red, then a green picture. */
    private static Map<String, Object> film() {
        var prompt = new HashMap<String, Object>();
        prompt.put("1", node("EmptyImage", "width", 20L, "height", 10L, "batch_size", 1L, "color", 0xff0000L));
        prompt.put("2", node("EmptyImage", "width", 20L, "height", 10L, "batch_size", 1L, "color", 0x00ff00L));
        prompt.put("3", node("ImageBatch", "image1", List.of("1", 0L), "image2", List.of("2", 0L)));
        return prompt;
    }

    private static ExecutionResult success(ExecutionResult result) {
        assertTrue(result.success(), () -> String.valueOf(result.messages()));
        return result;
    }

    @Test
    void filmsAreSavedAsAnimatedPng() throws Exception {
        var prompt = film();
        prompt.put("4", node("SaveAnimatedPNG", "images", List.of("3", 0L), "filename_prefix", "film", "fps", 4.0, "compress_level", 4L));
        var fixture = fixture();
        var result = success(fixture.run(prompt));
        assertEquals(List.of(true), Json.object(result.outputs().get("4")).orElseThrow().get("animated"));
        var file = fixture.savedFiles(result, "4").getFirst();
        var bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        assertEquals("acTL\0\0\0\2\0\0\0\0", bytes.substring(bytes.indexOf("acTL"), bytes.indexOf("acTL") + 12));
        assertEquals(2, bytes.split("fcTL", -1).length - 1);
        // 250 of 1000 parts of a second.
        assertTrue(bytes.contains("\0\0\0\24\0\0\0\12\0\0\0\0\0\0\0\0\0\u00fa\3\u00e8\0\0"));
        assertTrue(bytes.indexOf("comfprompt\0{") > bytes.indexOf("fdAT"));
        assertEquals(0xffff0000, ImageIO.read(file.toFile()).getRGB(3, 3));
    }

    @Test
    void filmsAreSavedAsAnimatedWebP() throws Exception {
        var prompt = film();
        prompt.put("4", node("SaveAnimatedWEBP", "images", List.of("3", 0L), "filename_prefix", "film", "fps", 4.0, "lossless", true,
                "quality", 80L, "method", "default"));
        prompt.put("5", node("SaveAnimatedWEBP", "images", List.of("2", 0L), "filename_prefix", "still", "fps", 4.0, "lossless", false,
                "quality", 80L, "method", "fastest"));
        var fixture = fixture();
        var result = success(fixture.run(prompt));
        assertEquals(List.of(true), Json.object(result.outputs().get("4")).orElseThrow().get("animated"));
        assertEquals(List.of(false), Json.object(result.outputs().get("5")).orElseThrow().get("animated"));
        var film = fixture.savedFiles(result, "4").getFirst();
        Files.copy(film, base.resolve("input/film.webp"));
        var again = success(fixture.run(Map.of("1", node("LoadImage", "image", "film.webp"),
                "2", node("SaveImage", "images", List.of("1", 0L), "filename_prefix", "frame"))));
        var frames = fixture.savedFiles(again, "2");
        assertEquals(2, frames.size());
        assertEquals(0xffff0000, ImageIO.read(frames.getFirst().toFile()).getRGB(5, 5));
        assertEquals(0xff00ff00, ImageIO.read(frames.getLast().toFile()).getRGB(5, 5));
        var bytes = new String(Files.readAllBytes(film), StandardCharsets.ISO_8859_1);
        assertTrue(bytes.contains("EXIF") && bytes.contains("prompt:{"));
        var still = ImageIO.read(fixture.savedFiles(result, "5").getFirst().toFile());
        assertEquals(20, still.getWidth());
        assertTrue((still.getRGB(5, 5) >> 8 & 0xff) > 240);
    }

    @Test
    void valuesAreShownAsText() throws Exception {
        var prompt = film();
        prompt.put("4", node("GetImageSize", "image", List.of("3", 0L)));
        prompt.put("5", node("PreviewAny", "source", List.of("4", 1L)));
        prompt.put("6", node("PrimitiveFloat", "value", 1.5));
        prompt.put("7", node("PreviewAny", "source", List.of("6", 0L)));
        prompt.put("8", node("PrimitiveString", "value", "some \"text\""));
        prompt.put("9", node("PreviewAny", "source", List.of("8", 0L)));
        prompt.put("10", node("PrimitiveBoolean", "value", true));
        prompt.put("11", node("PreviewAny", "source", List.of("10", 0L)));
        prompt.put("12", node("PrimitiveInt", "value", 9007199254740993L));
        prompt.put("13", node("PreviewAny", "source", List.of("12", 0L)));
        var fixture = fixture();
        var outputs = success(fixture.run(prompt)).outputs();
        assertTrue(fixture.events.contains(new WorkflowEvent.ProgressText("4", "width: 20, height: 10\n batch size: 2")));
        assertEquals(Map.of("text", List.of("10")), outputs.get("5"));
        assertEquals(Map.of("text", List.of("1.5")), outputs.get("7"));
        assertEquals(Map.of("text", List.of("some \"text\"")), outputs.get("9"));
        assertEquals(Map.of("text", List.of("True")), outputs.get("11"));
        assertEquals(Map.of("text", List.of("9007199254740993")), outputs.get("13"));
    }
}
