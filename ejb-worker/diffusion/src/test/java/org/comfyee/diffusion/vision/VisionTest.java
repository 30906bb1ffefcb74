package org.comfyee.diffusion.vision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.comfyee.diffusion.Expected;
import org.comfyee.diffusion.checkpoint.CheckpointException;
import org.comfyee.diffusion.checkpoint.Placements;
import org.comfyee.diffusion.checkpoint.VisionFiles;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.torch.Device;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that look at pictures and make words of what they see, against float64 programs written from the papers. */
class VisionTest {
    @TempDir
    private static Path directory;

    @BeforeAll
    static void load() {
        Torch.loadConfigured();
    }

    private static InputStream resource(String name) {
        return VisionTest.class.getResourceAsStream(name);
    }

    private static Path made(String name, InputStream shapes) throws IOException {
        var path = directory.resolve(name + ".safetensors");
        try (shapes) {
            SyntheticCheckpoint.write(path, shapes);
        }
        return path;
    }

    private static Path made(String name) throws IOException {
        return made(name, resource(name + ".shapes.json"));
    }

    private static Expected expected(String name) throws IOException {
        return Expected.read(resource(name + ".expected.txt"));
    }

    private static Tensor pictures() {
        return Expected.wave(0.13, 2, 19, 26, 4).mul(0.5).add(0.5);
    }

    @Test
    void clipSeesTheKnownNumbers() throws IOException {
        try (var _ = new TensorScope()) {
            var model = VisionFiles.loadVision(made("tiny-vit-l"));
            assertEquals(12, model.imageSize());
            var known = expected("tiny-vit-l");
            known.assertIs("pixels", model.prepared(pictures(), true));
            known.assertIs("stretched", model.prepared(pictures(), false));
            var seen = model.encode(pictures(), true);
            known.assertIs("last", seen.lastHidden());
            known.assertIs("penultimate", seen.penultimateHidden());
            known.assertIs("embeds", seen.embeds());
            known.assertIs("embeds-stretched", model.encode(pictures(), false).embeds());
        }
    }

    @Test
    void openClipSeesTheKnownNumbers() throws IOException {
        var layers = IntStream.range(0, 31).mapToObj(i -> """
                "visual.transformer.resblocks.%d.attn.in_proj_weight": [48, 16], "visual.transformer.resblocks.%<d.attn.in_proj_bias": [48],
                "visual.transformer.resblocks.%<d.ln_1.weight": [16], "visual.transformer.resblocks.%<d.ln_1.bias": [16],
                "visual.transformer.resblocks.%<d.ln_2.weight": [16], "visual.transformer.resblocks.%<d.ln_2.bias": [16],
                "visual.transformer.resblocks.%<d.attn.out_proj.weight": [16, 16], "visual.transformer.resblocks.%<d.attn.out_proj.bias": [16],
                "visual.transformer.resblocks.%<d.mlp.c_fc.weight": [32, 16], "visual.transformer.resblocks.%<d.mlp.c_fc.bias": [32],
                "visual.transformer.resblocks.%<d.mlp.c_proj.weight": [16, 32], "visual.transformer.resblocks.%<d.mlp.c_proj.bias": [16]
                """.formatted(i)).collect(Collectors.joining(","));
        var shapes = """
                {"visual.class_embedding": [16], "visual.conv1.weight": [16, 3, 4, 4], "visual.positional_embedding": [10, 16],
                "visual.proj": [16, 8], "visual.ln_pre.weight": [16], "visual.ln_pre.bias": [16], "visual.ln_post.weight": [16],
                "visual.ln_post.bias": [16], %s}""".formatted(layers);
        try (var _ = new TensorScope()) {
            var model = VisionFiles.loadVision(made("tiny-open-clip", new ByteArrayInputStream(shapes.getBytes(StandardCharsets.UTF_8))));
            var seen = model.encode(pictures(), true);
            expected("tiny-open-clip").assertIs("last", seen.lastHidden());
            expected("tiny-open-clip").assertIs("embeds", seen.embeds());
        }
    }

    @Test
    void siglipSeesTheKnownNumbers() throws IOException {
        try (var _ = new TensorScope()) {
            var seen = VisionFiles.loadVision(made("tiny-siglip")).encode(pictures(), true);
            expected("tiny-siglip").assertIs("last", seen.lastHidden());
            expected("tiny-siglip").assertIs("last", seen.embeds());
            expected("tiny-siglip").assertIs("penultimate", seen.penultimateHidden());
        }
    }

    @Test
    void visionModelsComputeWhereTextEncodersDo() throws IOException {
        Placements.onOne(Device.STAND_IN, Optional.empty(), Optional.of(ScalarType.FLOAT32)).call(() -> {
            clipSeesTheKnownNumbers();
            siglipSeesTheKnownNumbers();
            openClipSeesTheKnownNumbers();
            return null;
        });
    }

    @Test
    void stylesBecomeTheKnownWords() throws IOException {
        try (var _ = new TensorScope()) {
            var states = Expected.wave(0.37, 2, 5, 16);
            var seen = new ClipVisionOutput(states, states, states);
            expected("tiny-style").assertIs("words", VisionFiles.loadStyle(made("tiny-style")).words(seen));
            expected("tiny-redux").assertIs("words", VisionFiles.loadStyle(made("tiny-redux")).words(seen));
        }
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        var style = made("tiny-style");
        var vision = made("tiny-siglip");
        assertThrows(CheckpointException.class, () -> VisionFiles.loadVision(style));
        assertThrows(CheckpointException.class, () -> VisionFiles.loadStyle(vision));
    }
}
