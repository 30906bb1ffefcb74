package org.comfyee.nodes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.comfyee.diffusion.checkpoint.Checkpoint;
import org.comfyee.diffusion.checkpoint.CheckpointLoader;
import org.comfyee.diffusion.model.NetworkInput;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.diffusion.patch.Pass;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.torch.Generator;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.comfyee.torch.safetensors.SafetensorsFile;
import org.comfyee.workflow.files.Folders;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A picture made four times as large by the x4 upscaler of Stable Diffusion 2, scaled down: the whole workflow. */
class UpscalerWorkflowTest {
    private static final int WIDTH = 24;
    private static final int HEIGHT = 16;
    private static final double LATENT_SCALE = 0.08333;
    private static final double CFG = 3;

    @TempDir
    private static Path base;

    private static WorkflowFixture fixture;
    private static Checkpoint checkpoint;

    @BeforeAll
    static void prepare() throws IOException {
        Torch.loadConfigured();
        var folders = Folders.of(base);
        folders.prepare();
        var file = base.resolve("models/checkpoints/upscaler.safetensors");
        Files.createDirectories(file.getParent());
        try (var shapes = UpscalerWorkflowTest.class.getResourceAsStream("/tiny-upscaler.shapes.json")) {
            SyntheticCheckpoint.write(file, shapes);
        }
        var picture = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            picture.setRGB(i % WIDTH, i / WIDTH, i * 0x050301 & 0xffffff);
        }
        ImageIO.write(picture, "png", base.resolve("input/small.png").toFile());
        fixture = new WorkflowFixture(folders);
        checkpoint = CheckpointLoader.load(file);
    }

    private static Map<String, Object> node(String type, Object... namesAndValues) {
        var inputs = new HashMap<String, Object>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            inputs.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return Map.of("class_type", type, "inputs", inputs);
    }

    private static List<Object> from(String node, long output) {
        return List.of(node, output);
    }

    private static Map<String, Object> prompt() {
        return Map.of(
                "1", node("CheckpointLoaderSimple", "ckpt_name", "upscaler.safetensors"),
                "2", node("CLIPTextEncode", "text", "a cat", "clip", from("1", 1)),
                "3", node("CLIPTextEncode", "text", "blurred", "clip", from("1", 1)),
                "4", node("LoadImage", "image", "small.png"),
                "5", node("SD_4XUpscale_Conditioning", "images", from("4", 0), "positive", from("2", 0), "negative", from("3", 0),
                        "scale_ratio", 4.0, "noise_augmentation", 0.1),
                "6", node("KSampler", "model", from("1", 0), "positive", from("5", 0), "negative", from("5", 1), "latent_image", from("5", 2),
                        "seed", 7L, "steps", 1L, "cfg", CFG, "sampler_name", "euler", "scheduler", "normal", "denoise", 1.0),
                "7", node("VAEDecode", "samples", from("6", 0), "vae", from("1", 2)),
                "8", node("SaveImage", "images", from("7", 0), "filename_prefix", "large"),
                "9", node("SaveLatent", "samples", from("6", 0), "filename_prefix", "large"));
    }

    /** What is left of a picture's variance after so many steps of noise, whose deviations grow evenly from 0.01 to the root of 0.02. */
    private static double left(int level) {
        double left = 1;
        for (int i = 0; i <= level; i++) {
            left *= 1 - Math.pow(0.01 + (Math.sqrt(0.02) - 0.01) * i / 999, 2);
        }
        return left;
    }

    private static Tensor noise(long seed, long channels) {
        try (var random = Generator.seeded(seed)) {
            return Tensor.randn(random, ScalarType.FLOAT32, 1, channels, HEIGHT, WIDTH);
        }
    }

    /** The velocity that the network finds in noisy latents, for a text. */
    private static Tensor velocity(Tensor x, double sigma, String text) throws IOException {
        // 35 of 350 levels of noise hide the picture's details; its noise has a seed of its own.
        var picture = ImageIO.read(base.resolve("input/small.png").toFile());
        var values = new float[3 * WIDTH * HEIGHT];
        for (int i = 0; i < values.length; i++) {
            int place = i % (WIDTH * HEIGHT);
            values[i] = (picture.getRGB(place % WIDTH, place / WIDTH) >> 16 - 8 * (i / (WIDTH * HEIGHT)) & 0xff) / 127.5f - 1;
        }
        var small = Tensor.of(values, 1, 3, HEIGHT, WIDTH).mul(Math.sqrt(left(35))).add(noise(7 - 10, 3).mul(Math.sqrt(1 - left(35))));
        var told = Map.of(TensorSlot.CONTEXT, checkpoint.text().encode(text).cond(), TensorSlot.CONCAT, small,
                TensorSlot.LEVEL, Tensor.of(new long[] {35}, 1));
        return checkpoint.model().source().network().predict(
                new NetworkInput(x.div(Math.sqrt(sigma * sigma + 1)), new float[] {999}, told, Optional.empty(), Pass.PLAIN));
    }

    private static Tensor guess(Tensor x, double sigma, String text) throws IOException {
        double variance = sigma * sigma + 1;
        return x.div(variance).sub(velocity(x, sigma, text).mul(sigma / Math.sqrt(variance)));
    }

    @Test
    void picturesBecomeFourTimesAsLarge() throws IOException {
        var result = fixture.run(prompt());
        assertTrue(result.success(), () -> String.valueOf(result.messages()));
        var large = ImageIO.read(fixture.savedFiles(result, "8").getFirst().toFile());
        assertEquals(4 * WIDTH, large.getWidth());
        assertEquals(4 * HEIGHT, large.getHeight());
        try (var _ = new TensorScope()) {
            // One step from pure noise, whose sigma follows from what is left at the last of a thousand steps.
            double sigma = Math.sqrt(1 / left(999) - 1);
            var x = noise(7, 4).mul(Math.sqrt(1 + sigma * sigma));
            var unwanted = guess(x, sigma, "blurred");
            var expected = unwanted.add(guess(x, sigma, "a cat").sub(unwanted).mul(CFG)).div(LATENT_SCALE);
            var given = SafetensorsFile.open(fixture.savedFiles(result, "9").getFirst()).tensor("latent_tensor");
            assertArrayEquals(new long[] {1, 4, HEIGHT, WIDTH}, given.shape());
            double error = Math.sqrt(given.sub(expected).square().sum().item() / expected.square().sum().item());
            assertTrue(error < 1e-3, "relative error " + error);
        }
    }
}
