package org.comfyee.nodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.imageio.metadata.IIOMetadataNode;
import org.comfyee.workflow.execution.ExecutionResult;
import org.comfyee.workflow.files.Folders;
import org.comfyee.workflow.json.Json;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names of saved pictures, and what the files say of their workflow. */
class SavedFilesTest {
    @TempDir
    private Path base;

    private WorkflowFixture fixture;

    @BeforeEach
    void prepare() throws Exception {
        var folders = Folders.of(base);
        folders.prepare();
        fixture = new WorkflowFixture(folders);
    }

    private ExecutionResult run(String prompt) {
        var result = fixture.run(Json.parseObject(prompt));
        assertTrue(result.success(), () -> String.valueOf(result.messages()));
        return result;
    }

    private List<String> names(ExecutionResult result, String node) {
        return fixture.savedFiles(result, node).stream().map(file -> file.getFileName().toString()).toList();
    }

    @Test
    void allThatANodeShowsInAPromptHasOneName() {
        var prompt = """
                {"1": {"class_type": "EmptyImage", "inputs": {"width": 8, "height": 8, "batch_size": 5, "color": %d}},
                 "2": {"class_type": "RebatchImages", "inputs": {"images": ["1", 0], "batch_size": 2}},
                 "3": {"class_type": "PreviewImage", "inputs": {"images": ["2", 0]}}}""";
        var first = names(run(prompt.formatted(0)), "3");
        var name = first.getFirst().substring(0, "ComfyUI_temp_abcde".length());
        assertTrue(name.matches("ComfyUI_temp_[a-z]{5}"), name);
        assertEquals(List.of(name + "_00001_.png", name + "_00002_.png", name + "_00003_.png", name + "_00004_.png", name + "_00005_.png"), first);
        // A browser that keeps pictures would show the older ones.
        assertFalse(names(run(prompt.formatted(1)), "3").contains(first.getFirst()));
    }

    @Test
    void aPictureTellsOfThePictureThatItWasMadeFrom() throws Exception {
        var picture = base.resolve("input/one.png");
        ImageIO.write(new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB), "png", picture.toFile());
        var result = run("""
                {"1": {"class_type": "LoadImage", "inputs": {"image": "one.png"}},
                 "2": {"class_type": "SaveImage", "inputs": {"filename_prefix": "made", "images": ["1", 0]}}}""");
        var hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(picture)));
        assertEquals(Map.of("prompt", "{\"1\": {\"class_type\": \"LoadImage\", \"inputs\": {\"image\": \"one.png\"}, \"is_changed\": [\"" + hash + "\"]}, "
                + "\"2\": {\"class_type\": \"SaveImage\", \"inputs\": {\"filename_prefix\": \"made\", \"images\": [\"1\", 0]}}}"),
                texts(fixture.savedFiles(result, "2").getFirst()));
    }

    @Test
    void prefixesMayNameDirectoriesAlsoInFull() throws Exception {
        var prompt = """
                {"1": {"class_type": "EmptyImage", "inputs": {"width": 8, "height": 16, "batch_size": 1, "color": 0}},
                 "2": {"class_type": "SaveImage", "inputs": {"filename_prefix": "%s", "images": ["1", 0]}}}""";
        Files.createDirectories(base.resolve("output/a"));
        Files.createFile(base.resolve("output/a/8x16_00041_left.png"));
        for (var prefix : List.of("a/%width%x%height%", base.resolve("output/a/8x16").toString())) {
            var shown = Json.object(run(prompt.replace("%s", prefix)).outputs().get("2")).orElseThrow();
            var image = Json.object(((List<?>) shown.get("images")).getFirst()).orElseThrow();
            assertEquals("a", image.get("subfolder"));
        }
        assertTrue(Files.exists(base.resolve("output/a/8x16_00042_.png")) && Files.exists(base.resolve("output/a/8x16_00043_.png")));
        assertFalse(fixture.run(Json.parseObject(prompt.replace("%s", base.resolve("outside").toString()))).success());
    }

    private static Map<String, String> texts(Path png) throws Exception {
        var reader = ImageIO.getImageReadersByFormatName("png").next();
        try (var in = ImageIO.createImageInputStream(png.toFile())) {
            reader.setInput(in);
            var root = (IIOMetadataNode) reader.getImageMetadata(0).getAsTree("javax_imageio_png_1.0");
            var entries = root.getElementsByTagName("tEXtEntry");
            var texts = new LinkedHashMap<String, String>();
            for (int i = 0; i < entries.getLength(); i++) {
                var entry = (IIOMetadataNode) entries.item(i);
                texts.put(entry.getAttribute("keyword"), entry.getAttribute("value"));
            }
            return texts;
        }
    }
}
