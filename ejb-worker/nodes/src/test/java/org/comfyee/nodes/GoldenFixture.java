package org.comfyee.nodes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.diffusion.text.T5Tokenizer;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.comfyee.torch.safetensors.SafetensorsFile;
import org.comfyee.workflow.files.Folders;
import org.comfyee.workflow.graph.PromptNode;
import org.comfyee.workflow.json.Json;

/** What a ComfyUI server made of workflows, and the models that it made it with. */
final class GoldenFixture {
    private static final double LATENT_TOLERANCE = 1e-4;
    /** Checkpoints beside tiny-sd15, made of the shapes that lie with the recordings. */
    private static final List<String> OTHER_CHECKPOINTS = List.of("tiny-sdxl", "tiny-flux-dev", "tiny-flux-schnell", "tiny-sd3", "tiny-sd35");
    /** Of these, those whose text encoder needs a tokenizer that does not come with the project. */
    private static final List<String> WITH_T5 = List.of("flux", "sd3");

    private final Folders folders;
    private final WorkflowFixture workflows;

    record Case(String name, Map<String, Object> prompt, Map<String, Object> files) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** Writes the models and the picture that the workflows name. */
    GoldenFixture(Path base) throws IOException {
        this(Folders.of(base));
        Torch.loadConfigured();
        folders.prepare();
        SyntheticCheckpoint.write(base.resolve("models/checkpoints/tiny-sd15.safetensors"), SyntheticCheckpoint.Layout.TINY_SD15);
        for (var name : OTHER_CHECKPOINTS) {
            write(base, "checkpoints", name);
        }
        write(base, "loras", "tiny-lora");
        write(base, "controlnet", "tiny-controlnet");
        Files.copy(golden("numeric/pattern.png"), base.resolve("input/pattern.png"));
    }

    private GoldenFixture(Folders folders) {
        this.folders = folders;
        workflows = new WorkflowFixture(folders);
    }

    /** Another session on the same directories. */
    GoldenFixture beside() {
        return new GoldenFixture(folders);
    }

    private static void write(Path base, String folder, String name) throws IOException {
        try (var shapes = GoldenFixture.class.getResourceAsStream("/golden/" + name + ".shapes.json")) {
            var directory = Files.createDirectories(base.resolve("models").resolve(folder));
            SyntheticCheckpoint.write(directory.resolve(name + ".safetensors"), shapes);
        }
    }

    private static Path golden(String name) {
        try {
            return Path.of(GoldenFixture.class.getResource("/golden/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Recordings of nodes, samplers and models that do not exist here are left out. */
    static List<Case> runnable() throws IOException {
        return all().stream().filter(GoldenFixture::isRunnable).toList();
    }

    @SuppressWarnings("unchecked")
    private static List<Case> all() throws IOException {
        return ((List<Object>) Json.parse(Files.readString(golden("numeric/index.json")))).stream()
                .map(each -> (Map<String, Object>) each)
                .map(each -> new Case((String) each.get("name"), (Map<String, Object>) each.get("prompt"), (Map<String, Object>) each.get("files")))
                .toList();
    }

    private static boolean isRunnable(Case each) {
        var folders = Folders.of(Path.of("."));
        return each.prompt().entrySet().stream()
                .map(entry -> PromptNode.of(entry.getKey(), entry.getValue()))
                .allMatch(node -> WorkflowFixture.REGISTRY.find(node.classType()).isPresent()
                        && supports(node, "sampler_name", folders)
                        && isMade((String) node.inputs().getOrDefault("ckpt_name", "tiny-sd15.safetensors")));
    }

    private static boolean isMade(String checkpoint) {
        var name = checkpoint.replace(".safetensors", "");
        return name.equals("tiny-sd15") || OTHER_CHECKPOINTS.contains(name);
    }

    private static boolean supports(PromptNode node, String input, Folders folders) {
        return WorkflowFixture.REGISTRY.find(node.classType()).orElseThrow().definition().input(input)
                .flatMap(found -> found.choices())
                .map(choices -> choices.in(folders).contains(node.inputs().get(input)))
                .orElse(true);
    }

    /** Runs the workflow, and fails unless it makes what ComfyUI made. */
    void assertMakesTheSame(Case each) throws IOException {
        assumeTrue(WITH_T5.stream().noneMatch(each.name()::startsWith) || System.getProperty(T5Tokenizer.FILE_PROPERTY) != null,
                "needs the tokenizer of T5: -D" + T5Tokenizer.FILE_PROPERTY + "=FILE");
        var result = workflows.run(each.prompt());
        assertTrue(result.success(), () -> String.valueOf(result.messages()));
        for (var file : each.files().entrySet()) {
            // Of a batch, the recording holds the last picture.
            var saved = workflows.savedFiles(result, file.getKey()).getLast();
            var expected = golden((String) file.getValue());
            if (expected.toString().endsWith(".png")) {
                assertSamePicture(expected, saved);
            } else {
                assertSameLatent(expected, saved);
            }
        }
    }

    private static void assertSameLatent(Path expected, Path actual) throws IOException {
        try (var _ = new TensorScope()) {
            var wanted = SafetensorsFile.open(expected).tensor("latent_tensor");
            var given = SafetensorsFile.open(actual).tensor("latent_tensor");
            assertArrayEquals(wanted.shape(), given.shape());
            double error = norm(given.sub(wanted)) / norm(wanted);
            assertTrue(error < LATENT_TOLERANCE, () -> "relative error " + error);
        }
    }

    private static double norm(Tensor tensor) {
        return Math.sqrt(tensor.square().sum().item());
    }

    private static void assertSamePicture(Path expected, Path actual) throws IOException {
        var wanted = ImageIO.read(expected.toFile());
        var given = ImageIO.read(actual.toFile());
        assertEquals(wanted.getWidth(), given.getWidth());
        assertEquals(wanted.getHeight(), given.getHeight());
        int worst = 0;
        for (int y = 0; y < wanted.getHeight(); y++) {
            for (int x = 0; x < wanted.getWidth(); x++) {
                for (int shift = 0; shift < 32; shift += 8) {
                    worst = Math.max(worst, Math.abs((wanted.getRGB(x, y) >> shift & 0xff) - (given.getRGB(x, y) >> shift & 0xff)));
                }
            }
        }
        assertTrue(worst <= 1, "the pictures differ by " + worst + " of 255");
    }
}
