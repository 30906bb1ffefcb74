package org.comfyee.nodes;

import static org.comfyee.nodes.NodeCall.run;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.comfyee.diffusion.checkpoint.CheckpointLoader;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.patch.Pass;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.diffusion.vision.ClipVisionOutput;
import org.comfyee.diffusion.vision.StyleModel;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Words that pictures add to texts. */
class StyleNodesTest {
    private static final int CHANNELS = 128;

    @TempDir
    private static Path directory;

    private static DiffusionModel flux;

    @BeforeAll
    static void load() throws IOException {
        Torch.loadConfigured();
        var path = directory.resolve("tiny-flux-schnell.safetensors");
        try (var shapes = StyleNodesTest.class.getResourceAsStream("/golden/tiny-flux-schnell.shapes.json")) {
            SyntheticCheckpoint.write(path, shapes);
        }
        flux = CheckpointLoader.load(path).model();
    }

    private static Tensor ramp(long... shape) {
        return Tensor.ones(ScalarType.FLOAT32, shape).flatten(0, -1).cumsum(0).mul(0.37).sin().reshape(shape);
    }

    private static final StyleModel TWO_WORDS = _ -> ramp(1, 2, CHANNELS).mul(3);
    private static ClipVisionOutput seen() {
        var nothing = Tensor.zeros(ScalarType.FLOAT32, 1);
        return new ClipVisionOutput(nothing, nothing, nothing);
    }

    private static Conditioning text() {
        return new Conditioning(List.of(new Conditioning.Entry(ramp(1, 5, CHANNELS), Map.of())));
    }

    private static Conditioning styled(Conditioning conditioning, double strength, String type) {
        return (Conditioning) run("StyleModelApply", "conditioning", conditioning, "style_model", TWO_WORDS, "clip_vision_output", seen(),
                "strength", strength, "strength_type", type).getFirst();
    }

    private static float[] guess(Conditioning conditioning) {
        try (var _ = new TensorScope()) {
            var latents = ramp(1, 16, 6, 4);
            var tensors = flux.family().tensors(conditioning.entries().getFirst(), latents);
            return flux.denoise(latents, 0.7f, tensors, Optional.empty(), Pass.PLAIN).toFloats();
        }
    }

    @Test
    void wordsAreAddedAndMultiplied() {
        var entry = styled(text(), 0.5, "multiply").entries().getFirst();
        assertArrayEquals(new long[] {1, 7, CHANNELS}, entry.text().shape());
        assertEquals(0, entry.text().narrow(1, 5, 2).sub(ramp(1, 2, CHANNELS).mul(1.5)).abs().max().item(), 1e-6);
        assertTrue(entry.find(Conditioning.ATTENTION_BIAS).isEmpty());
    }

    @Test
    void wordsThatNobodyAttendsToChangeNothing() {
        assertArrayEquals(guess(text()), guess(styled(text(), 0, "attn_bias")), 2e-4f);
        var full = guess(styled(text(), 1, "multiply"));
        assertArrayEquals(full, guess(styled(text(), 1, "attn_bias")), 1e-6f);
        double difference = 0;
        var half = guess(styled(text(), 0.5, "attn_bias"));
        for (int i = 0; i < full.length; i++) {
            difference = Math.max(difference, Math.abs(full[i] - half[i]));
        }
        assertTrue(difference > 1e-3, "the words count less: " + difference);
    }

    @Test
    void furtherWordsKeepTheBiasOfTheFirst() {
        var first = styled(text(), 0, "attn_bias");
        var both = styled(first, 1, "attn_bias").entries().getFirst();
        var bias = both.find(Conditioning.ATTENTION_BIAS).orElseThrow();
        assertArrayEquals(new long[] {1, 10, 10}, bias.shape());
        assertEquals(Double.NEGATIVE_INFINITY, bias.select(0, 0).select(0, 9).select(0, 5).item());
        assertEquals(Double.NEGATIVE_INFINITY, bias.select(0, 0).select(0, 2).select(0, 6).item());
        assertEquals(0, bias.select(0, 0).select(0, 2).select(0, 8).item());
        assertEquals(0, bias.select(0, 0).select(0, 5).select(0, 5).item());
    }
}
