package org.comfyee.nodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.comfyee.torch.safetensors.SafetensorsWriter;
import org.comfyee.workflow.execution.WorkflowEvent;
import org.comfyee.workflow.files.Folders;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures of a sampling in progress. */
class SamplingPreviewTest {
    private static final int STEPS = 2;
    private static final int PREVIEW_SIZE = 48;

    @TempDir
    private Path base;

    private Folders folders;

    @BeforeEach
    void write() throws IOException {
        Torch.loadConfigured();
        folders = Folders.of(base);
        folders.prepare();
        SyntheticCheckpoint.write(base.resolve("models/checkpoints/tiny-sd15.safetensors"), SyntheticCheckpoint.Layout.TINY_SD15);
    }

    /** A decoder that paints everything in one colour: only what is added at its end is not 0. */
    private void writeDecoder(float red, float green, float blue) throws IOException {
        var tensors = new HashMap<String, Tensor>();
        try (var _ = new TensorScope()) {
            put(tensors, "1", 64, 4);
            IntStream.of(3, 4, 5, 8, 9, 10, 13, 14, 15, 18)
                    .forEach(block -> IntStream.of(0, 2, 4).forEach(conv -> put(tensors, block + ".conv." + conv, 64, 64)));
            IntStream.of(7, 12, 17).forEach(up -> put(tensors, Integer.toString(up), 64, 64));
            put(tensors, "19", 3, 64);
            tensors.put("19.bias", Tensor.of(new float[] {red, green, blue}, 3));
            var folder = Files.createDirectories(base.resolve("models/vae_approx"));
            SafetensorsWriter.write(folder.resolve("taesd_decoder.safetensors"), tensors, Map.of());
        }
    }

    private static void put(Map<String, Tensor> tensors, String layer, long out, long in) {
        tensors.put(layer + ".weight", Tensor.zeros(ScalarType.FLOAT32, out, in, 3, 3));
        tensors.put(layer + ".bias", Tensor.zeros(ScalarType.FLOAT32, out));
    }

    private static Map<String, Object> node(String type, Object... inputs) {
        var values = new HashMap<String, Object>();
        for (int i = 0; i < inputs.length; i += 2) {
            values.put((String) inputs[i], inputs[i + 1]);
        }
        return Map.of("class_type", type, "inputs", values);
    }

    private List<BufferedImage> previews(String method) {
        return previews(method, Map.of());
    }

    private List<BufferedImage> previews(String method, Map<String, Object> extraData) {
        var fixture = new WorkflowFixture(folders, new Preferences(true, Preferences.PreviewMethod.of(method), PREVIEW_SIZE));
        var result = fixture.run(Map.of(
                "1", node("CheckpointLoaderSimple", "ckpt_name", "tiny-sd15.safetensors"),
                "2", node("CLIPTextEncode", "text", "a cat", "clip", List.of("1", 1L)),
                "3", node("EmptyLatentImage", "width", 64L, "height", 32L, "batch_size", 1L),
                "4", node("KSampler", "model", List.of("1", 0L), "seed", 1L, "steps", (long) STEPS, "cfg", 1.0, "sampler_name", "euler",
                        "scheduler", "normal", "positive", List.of("2", 0L), "negative", List.of("2", 0L), "latent_image", List.of("3", 0L),
                        "denoise", 1.0),
                "5", node("SaveLatent", "samples", List.of("4", 0L), "filename_prefix", "x")), extraData);
        assertTrue(result.success(), () -> String.valueOf(result.messages()));
        return fixture.events.stream().filter(WorkflowEvent.PreviewImage.class::isInstance)
                .map(each -> read(((WorkflowEvent.PreviewImage) each).preview().image())).toList();
    }

    private static BufferedImage read(byte[] picture) {
        try {
            return ImageIO.read(new ByteArrayInputStream(picture));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aTinyDecoderPaintsEachStep() throws IOException {
        writeDecoder(1, 0.5f, 0);
        var previews = previews("taesd");
        assertEquals(STEPS, previews.size());
        for (var preview : previews) {
            assertEquals(PREVIEW_SIZE, preview.getWidth());
            assertEquals(PREVIEW_SIZE / 2, preview.getHeight());
            int centre = preview.getRGB(PREVIEW_SIZE / 2, PREVIEW_SIZE / 4);
            assertEquals(255, centre >> 16 & 0xff, 4);
            assertEquals(127, centre >> 8 & 0xff, 4);
            assertEquals(0, centre & 0xff, 4);
        }
    }

    @Test
    void withoutATinyDecoderPreviewsAreRough() throws IOException {
        assertEquals(STEPS, previews("taesd").size());
        Files.writeString(Files.createDirectories(base.resolve("models/vae_approx")).resolve("taesd_decoder.safetensors"), "nothing");
        assertEquals(STEPS, previews("taesd").size());
    }

    @Test
    void aClientMayWantOthersForItsPrompt() {
        assertEquals(STEPS, previews("none", Map.of("preview_method", "auto")).size());
        assertEquals(0, previews("latent2rgb", Map.of("preview_method", "none")).size());
        for (var wish : List.of("default", "best", 5)) {
            assertEquals(STEPS, previews("latent2rgb", Map.of("preview_method", wish)).size());
        }
    }

    @Test
    void noneAreMadeUnlessAskedFor() {
        assertEquals(List.of(), previews("none"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Preferences.PreviewMethod.of("best")).getMessage().contains("taesd"));
    }
}
