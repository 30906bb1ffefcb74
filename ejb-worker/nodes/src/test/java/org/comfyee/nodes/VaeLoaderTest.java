package org.comfyee.nodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.comfyee.torch.Torch;
import org.comfyee.workflow.files.Folders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VaeLoaderTest {
    @TempDir
    private Path base;

    private List<String> offered() {
        return WorkflowFixture.REGISTRY.find("VAELoader").orElseThrow().definition().input("vae_name").orElseThrow().choices().orElseThrow()
                .in(Folders.of(base));
    }

    private void touch(String name) throws IOException {
        var file = base.resolve("models").resolve(name);
        Files.createDirectories(file.getParent());
        Files.createFile(file);
    }

    @Test
    void tinyAutoencodersAreOfferedWhenBothHalvesAreThere() throws IOException {
        touch("vae_approx/taesdxl_decoder.safetensors");
        touch("vae/own.safetensors");
        assertEquals(List.of("own.safetensors", "pixel_space"), offered());
        touch("vae_approx/taesdxl_encoder.safetensors");
        assertEquals(List.of("own.safetensors", "taesdxl", "pixel_space"), offered());
    }

    @Test
    void pixelSpaceGivesThePictureBack() throws IOException {
        Torch.loadConfigured();
        var folders = Folders.of(base);
        folders.prepare();
        var fixture = new WorkflowFixture(folders);
        var result = fixture.run(Map.of(
                "1", Map.of("class_type", "VAELoader", "inputs", Map.of("vae_name", "pixel_space")),
                "2", Map.of("class_type", "EmptyImage", "inputs", Map.of("width", 12L, "height", 9L, "batch_size", 1L, "color", 0x336699L)),
                "3", Map.of("class_type", "VAEEncode", "inputs", Map.of("pixels", List.of("2", 0L), "vae", List.of("1", 0L))),
                "4", Map.of("class_type", "VAEDecode", "inputs", Map.of("samples", List.of("3", 0L), "vae", List.of("1", 0L))),
                "5", Map.of("class_type", "SaveImage", "inputs", Map.of("images", List.of("4", 0L), "filename_prefix", "same"))));
        assertTrue(result.success(), () -> String.valueOf(result.messages()));
        var picture = ImageIO.read(fixture.savedFiles(result, "5").getFirst().toFile());
        assertEquals(12, picture.getWidth());
        assertEquals(9, picture.getHeight());
        // Latents lie in -1..1: on the way there and back a value may round below its 8 bits, which files cut off.
        var rgb = picture.getRGB(11, 8);
        for (var shift = 0; shift <= 16; shift += 8) {
            assertEquals(0x336699 >> shift & 0xff, rgb >> shift & 0xff, 1);
        }
    }
}
