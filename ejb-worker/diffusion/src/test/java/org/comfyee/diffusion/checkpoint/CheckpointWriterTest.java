package org.comfyee.diffusion.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.comfyee.diffusion.adapter.Merge;
import org.comfyee.diffusion.model.DiffusionSampling;
import org.comfyee.diffusion.model.DiscreteSchedule;
import org.comfyee.diffusion.model.Prediction;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.diffusion.text.TextPart;
import org.comfyee.diffusion.vae.VaeModel;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.comfyee.torch.safetensors.SafetensorsFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints that are written again: nothing is lost, and names are those of the family. */
class CheckpointWriterTest {
    @TempDir
    private static Path directory;

    @BeforeAll
    static void load() {
        Torch.loadConfigured();
    }

    private static Path made(String name) throws IOException {
        var path = directory.resolve(name + ".safetensors");
        try (var shapes = CheckpointWriterTest.class.getResourceAsStream(name + ".shapes.json")) {
            SyntheticCheckpoint.write(path, shapes);
        }
        return path;
    }

    private static void assertSameFiles(Path expected, Path actual) throws IOException {
        var wanted = SafetensorsFile.open(expected);
        var given = SafetensorsFile.open(actual);
        assertEquals(new TreeSet<>(wanted.names()), new TreeSet<>(given.names()));
        try (var _ = new TensorScope()) {
            for (var name : wanted.names()) {
                assertEquals(wanted.dtype(name), given.dtype(name), name);
                assertArrayEquals(wanted.shape(name), given.shape(name), name);
                assertArrayEquals(wanted.tensor(name).toFloats(), given.tensor(name).toFloats(), name);
            }
        }
    }

    private static void assertWrittenAsRead(Path original) throws IOException {
        var checkpoint = CheckpointLoader.load(original);
        var copy = directory.resolve("copy-of-" + original.getFileName());
        CheckpointWriter.write(copy, "copy 1", checkpoint.model(), Optional.of(checkpoint.text()), Optional.of(checkpoint.vae()), Map.of("prompt", "{}"));
        assertSameFiles(original, copy);
        assertEquals("{}", SafetensorsFile.open(copy).metadata().get("prompt"));
    }

    @Test
    void checkpointsAreWrittenAsTheyWereRead() throws IOException {
        var sd1 = directory.resolve("tiny-sd15.safetensors");
        SyntheticCheckpoint.write(sd1, SyntheticCheckpoint.Layout.TINY_SD15);
        assertWrittenAsRead(sd1);
    }

    @Test
    void textEncodersOfOpenClipAreWrittenInItsLayout() throws IOException {
        assertWrittenAsRead(made("tiny-sd2"));
        assertWrittenAsRead(made("tiny-refiner"));
    }

    @Test
    void mergedWeightsAreWrittenRounded() throws IOException {
        var original = made("tiny-sd2");
        var model = CheckpointLoader.load(original).model();
        var twice = Merge.of(model, model, name -> name.startsWith("out.") ? Merge.Shares.sum() : Merge.Shares.mix(1));
        var file = directory.resolve("twice.safetensors");
        CheckpointWriter.write(file, "twice 1", twice, Optional.empty(), Optional.empty(), Map.of());
        try (var _ = new TensorScope()) {
            var before = SafetensorsFile.open(original);
            var after = SafetensorsFile.open(file);
            var out = "model.diffusion_model.out.2.weight";
            assertArrayEquals(before.tensor(out).mul(2).toFloats(), after.tensor(out).toFloats());
            var in = "model.diffusion_model.input_blocks.0.0.weight";
            assertArrayEquals(before.tensor(in).toFloats(), after.tensor(in).toFloats());
        }
    }

    @Test
    void partsOfTextEncodersAndAutoencodersAreFilesOfTheirOwn() throws IOException {
        var checkpoint = CheckpointLoader.load(made("tiny-refiner"));
        var clip = directory.resolve("clip.safetensors");
        CheckpointWriter.write(clip, checkpoint.text(), TextPart.CLIP_G, Map.of());
        assertTrue(SafetensorsFile.open(clip).has("text_model.encoder.layers.0.self_attn.q_proj.weight"));
        var vae = directory.resolve("vae.safetensors");
        CheckpointWriter.write(vae, checkpoint.vae(), Map.of());
        assertTrue(SafetensorsFile.open(vae).has("decoder.conv_in.weight"));
        var pixels = VaeModel.pixelSpace();
        assertTrue(assertThrows(CheckpointException.class, () -> CheckpointWriter.write(vae, pixels, Map.of())).getMessage().contains("cannot be saved"));
    }

    @Test
    void marksOfTrainingAreWritten() throws IOException {
        var model = CheckpointLoader.load(made("tiny-refiner")).model();
        var file = directory.resolve("velocity.safetensors");
        CheckpointWriter.write(file, "velocity 1", model.withSampling(new DiffusionSampling(Prediction.VELOCITY, DiscreteSchedule.ZERO_TERMINAL)),
                Optional.empty(), Optional.empty(), Map.of());
        var written = SafetensorsFile.open(file);
        assertTrue(written.has("v_pred") && written.has("ztsnr"));
        assertEquals("v", written.metadata().get("modelspec.predict_key"));
        assertEquals("stable-diffusion-xl-v1-refiner", written.metadata().get("modelspec.architecture"));
        assertEquals("velocity 1", written.metadata().get("modelspec.title"));
    }
}
