package org.comfyee.nodes;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.comfyee.nodes.Drawing.Form;
import org.comfyee.nodes.Drawing.Paint;
import org.comfyee.torch.Torch;
import org.comfyee.workflow.files.Folders;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checkpoint that comes with the project draws what the prompt says. */
class ShapesCheckpointTest {
    private static final int SIZE = 64;
    /** Of the shapes that the checkpoint draws if no size is asked for, as a share of the picture. */
    private static final double RADIUS = 0.31;
    private static final List<Integer> SEEDS = List.of(1, 2);
    private static final double LEAST_RIGHT = 0.9;
    /** Mean over red, green, blue of what encoding and decoding may change. */
    private static final double SAME = 16;
    private static final List<Drawing> DRAWINGS = List.of(
            new Drawing(Form.CIRCLE, Paint.RED, Paint.BLUE), new Drawing(Form.SQUARE, Paint.GREEN, Paint.WHITE), new Drawing(Form.TRIANGLE, Paint.YELLOW, Paint.PURPLE),
            new Drawing(Form.STAR, Paint.WHITE, Paint.BLACK), new Drawing(Form.RING, Paint.ORANGE, Paint.CYAN), new Drawing(Form.CROSS, Paint.BLUE, Paint.YELLOW),
            new Drawing(Form.CIRCLE, Paint.PURPLE, Paint.GREEN), new Drawing(Form.SQUARE, Paint.BLACK, Paint.PINK), new Drawing(Form.TRIANGLE, Paint.CYAN, Paint.RED),
            new Drawing(Form.STAR, Paint.YELLOW, Paint.BLUE), new Drawing(Form.RING, Paint.PINK, Paint.BLACK), new Drawing(Form.CROSS, Paint.RED, Paint.WHITE));

    @TempDir
    private static Path base;

    private static WorkflowFixture fixture;

    /** A drawing that a prompt asks for, made of a picture of another or of nothing. */
    private record Task(Drawing wanted, int seed, String name) {
    }

    @BeforeAll
    static void prepare() throws IOException {
        Torch.loadConfigured();
        var folders = Folders.of(base);
        folders.prepare();
        try (var checkpoint = ShapesCheckpointTest.class.getResourceAsStream("/checkpoints/shapes-sd15.safetensors")) {
            Files.copy(checkpoint, base.resolve("models/checkpoints/shapes-sd15.safetensors"));
        }
        fixture = new WorkflowFixture(folders);
    }

    @Test
    void drawsWhatThePromptSays() {
        var prompt = loader();
        prompt.put("empty", node("EmptyLatentImage", Map.of("width", SIZE, "height", SIZE, "batch_size", 1)));
        var tasks = tasks(DRAWINGS);
        tasks.forEach(task -> addSampling(prompt, task, List.of("empty", 0), 1.0));
        assertMostAreRight(tasks, run(prompt, tasks));
    }

    @Test
    void givesAPictureTheColoursOfThePrompt() throws IOException {
        var prompt = loader();
        var tasks = tasks(DRAWINGS);
        for (var task : tasks) {
            // The same form on the same ground, in the next colour that is neither.
            write(drawn(task.wanted()).draw(SIZE, RADIUS), task.name());
            addPicture(prompt, task);
            addSampling(prompt, task, List.of("encode " + task.name(), 0), 0.9);
        }
        assertMostAreRight(tasks, run(prompt, tasks));
    }

    @Test
    void changesAColourInsideTheMaskOnly() throws IOException {
        var prompt = loader();
        var tasks = tasks(DRAWINGS);
        for (var task : tasks) {
            write(masked(drawn(task.wanted()).draw(SIZE, RADIUS)), task.name());
            addPicture(prompt, task);
            prompt.put("mask " + task.name(), node("SetLatentNoiseMask", Map.of("samples", List.of("encode " + task.name(), 0), "mask", List.of("load " + task.name(), 1))));
            addSampling(prompt, task, List.of("mask " + task.name(), 0), 1.0);
        }
        var pictures = run(prompt, tasks);
        assertMostAreRight(tasks, pictures);
        for (int i = 0; i < tasks.size(); i++) {
            double change = changeOutside(drawn(tasks.get(i).wanted()).draw(SIZE, RADIUS), pictures.get(i));
            assertTrue(change < SAME, tasks.get(i) + ": changed by " + change + " outside the mask");
        }
    }

    private static List<Task> tasks(List<Drawing> drawings) {
        return drawings.stream().flatMap(wanted -> SEEDS.stream().map(seed -> new Task(wanted, seed, drawings.indexOf(wanted) + "-" + seed))).toList();
    }

    private static Drawing drawn(Drawing wanted) {
        var other = List.of(Paint.values()).stream().filter(paint -> paint != wanted.paint() && paint != wanted.ground()).skip(wanted.paint().ordinal() % 8).findFirst().orElseThrow();
        return new Drawing(wanted.form(), other, wanted.ground());
    }

    private static Map<String, Object> node(String type, Map<String, Object> inputs) {
        return Map.of("class_type", type, "inputs", inputs);
    }

    private static Map<String, Object> loader() {
        var prompt = new HashMap<String, Object>();
        prompt.put("model", node("CheckpointLoaderSimple", Map.of("ckpt_name", "shapes-sd15.safetensors")));
        prompt.put("nothing", text(""));
        return prompt;
    }

    private static Map<String, Object> text(String text) {
        return node("CLIPTextEncode", Map.of("text", text, "clip", List.of("model", 1)));
    }

    private static void addPicture(Map<String, Object> prompt, Task task) {
        prompt.put("load " + task.name(), node("LoadImage", Map.of("image", task.name() + ".png")));
        prompt.put("encode " + task.name(), node("VAEEncode", Map.of("pixels", List.of("load " + task.name(), 0), "vae", List.of("model", 2))));
    }

    private static void addSampling(Map<String, Object> prompt, Task task, List<Object> latent, double denoise) {
        prompt.put("text " + task.name(), text(task.wanted().sentence()));
        prompt.put("sample " + task.name(), node("KSampler", Map.of("seed", task.seed(), "steps", 16, "cfg", 3.0, "sampler_name", "dpmpp_2m", "scheduler", "karras",
                "denoise", denoise, "model", List.of("model", 0), "positive", List.of("text " + task.name(), 0), "negative", List.of("nothing", 0), "latent_image", latent)));
        prompt.put("decode " + task.name(), node("VAEDecode", Map.of("samples", List.of("sample " + task.name(), 0), "vae", List.of("model", 2))));
        prompt.put("save " + task.name(), node("SaveImage", Map.of("filename_prefix", task.name(), "images", List.of("decode " + task.name(), 0))));
    }

    private static List<BufferedImage> run(Map<String, Object> prompt, List<Task> tasks) {
        var result = fixture.run(prompt);
        assertTrue(result.success(), () -> String.valueOf(result.messages()));
        return tasks.stream().map(task -> read(fixture.savedFiles(result, "save " + task.name()).getFirst())).toList();
    }

    private static BufferedImage read(Path file) {
        try {
            return ImageIO.read(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(BufferedImage picture, String name) throws IOException {
        ImageIO.write(picture, "png", base.resolve("input/" + name + ".png").toFile());
    }

    private static void assertMostAreRight(List<Task> tasks, List<BufferedImage> pictures) {
        var wrong = new ArrayList<String>();
        for (int i = 0; i < tasks.size(); i++) {
            var findings = tasks.get(i).wanted().findIn(pictures.get(i));
            if (!findings.right()) {
                wrong.add(tasks.get(i).wanted().sentence() + ", seed " + tasks.get(i).seed() + ": " + findings.details());
            }
        }
        assertTrue(wrong.size() <= (1 - LEAST_RIGHT) * tasks.size(), () -> wrong.size() + " of " + tasks.size() + " are wrong: " + wrong);
    }

    /** LoadImage makes a mask of what can be seen through: here the middle, a latent pixel away from the edge. */
    private static BufferedImage masked(BufferedImage picture) {
        var result = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_ARGB);
        for (int y = 0; y < SIZE; y++) {
            for (int x = 0; x < SIZE; x++) {
                result.setRGB(x, y, isMasked(x, y) ? picture.getRGB(x, y) & 0xFFFFFF : picture.getRGB(x, y));
            }
        }
        return result;
    }

    private static boolean isMasked(int x, int y) {
        return Math.min(Math.min(x, y), Math.min(SIZE - 1 - x, SIZE - 1 - y)) >= SIZE / 8;
    }

    private static double changeOutside(BufferedImage before, BufferedImage after) {
        double sum = 0;
        int count = 0;
        for (int y = 0; y < SIZE; y++) {
            for (int x = 0; x < SIZE; x++) {
                if (!isMasked(x, y)) {
                    sum += Drawing.difference(before.getRGB(x, y), after.getRGB(x, y)) / 3;
                    count++;
                }
            }
        }
        return sum / count;
    }
}
