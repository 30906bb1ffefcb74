package org.comfyee.diffusion.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.comfyee.diffusion.Expected;
import org.comfyee.diffusion.WeightFiles;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.NetworkInput;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints that lack what others have. */
class CheckpointPartsTest {
    @TempDir
    private static Path directory;

    private static Path whole;

    private TensorScope scope;

    @BeforeAll
    static void write() throws IOException {
        Torch.loadConfigured();
        whole = directory.resolve("whole.safetensors");
        try (var shapes = CheckpointPartsTest.class.getResourceAsStream("tiny-sd2.shapes.json")) {
            SyntheticCheckpoint.write(whole, shapes);
        }
    }

    @BeforeEach
    void open() {
        scope = new TensorScope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /** @param rename leaves out what gets an empty name */
    private static Path written(String name, UnaryOperator<String> rename) throws IOException {
        return WeightFiles.renamed(whole, directory.resolve(name), rename);
    }

    private static float[] predicted(DiffusionModel model) {
        var tensors = Map.of(TensorSlot.CONTEXT, Expected.wave(0.2, 1, 77, 128));
        return model.source().network()
                .predict(new NetworkInput(Expected.wave(0.37, 1, 4, 6, 10), new float[] {500}, tensors, Optional.empty())).toFloats();
    }

    private static void assertNoText(Checkpoint checkpoint, String file, String beginning) {
        var refusal = assertThrows(IllegalStateException.class, () -> checkpoint.text().withLastLayer(-2).encode("a cat")).getMessage();
        assertTrue(refusal.contains(file + " has no text encoder") && refusal.contains(beginning), refusal);
        assertEquals(Map.of(), checkpoint.text().parts());
    }

    private static void assertNoVae(Checkpoint checkpoint, String file) {
        var refusal = assertThrows(IllegalStateException.class, () -> checkpoint.vae().decode(Expected.wave(0.3, 1, 4, 4, 4))).getMessage();
        assertTrue(refusal.contains(file + " has no VAE"), refusal);
        assertThrows(IllegalStateException.class, () -> checkpoint.vae().encode(Expected.wave(0.3, 1, 16, 16, 3)));
        assertEquals(Optional.empty(), checkpoint.vae().weights());
    }

    @Test
    void aCheckpointWithoutTextEncoderIsOpenedAndSaysSoWhenItIsToEncode() throws IOException {
        var checkpoint = CheckpointLoader.load(written("textless.safetensors", name -> name.startsWith("cond_stage_model") ? "" : name));
        assertNoText(checkpoint, "textless.safetensors", "cond_stage_model.model");
        assertArrayEquals(predicted(CheckpointLoader.load(whole).model()), predicted(checkpoint.model()));
        assertEquals(2, checkpoint.vae().scale());
    }

    @Test
    void aCheckpointWithoutVaeIsOpenedAndSaysSoWhenItIsToDecode() throws IOException {
        var checkpoint = CheckpointLoader.load(written("blind.safetensors", name -> name.startsWith("first_stage_model") ? "" : name));
        assertNoVae(checkpoint, "blind.safetensors");
        assertEquals(128, checkpoint.text().encode("a cat").cond().size(2));
    }

    @Test
    void aDiffusionModelAloneIsACheckpointToo() throws IOException {
        var prefix = "model.diffusion_model.";
        var checkpoint = CheckpointLoader.load(written("alone.safetensors", name -> name.startsWith(prefix) ? name.substring(prefix.length()) : ""));
        assertArrayEquals(predicted(CheckpointLoader.load(whole).model()), predicted(checkpoint.model()));
        assertNoText(checkpoint, "alone.safetensors", "text_encoders");
        assertNoVae(checkpoint, "alone.safetensors");
    }

    @Test
    void aFileOfSomethingElseIsNone() throws IOException {
        var text = written("text.safetensors", name -> name.startsWith("cond_stage_model") ? name : "");
        assertTrue(assertThrows(CheckpointException.class, () -> CheckpointLoader.load(text)).getMessage().contains("text.safetensors"));
    }
}
