package org.comfyee.nodes;

import static org.comfyee.nodes.NodeCall.latent;
import static org.comfyee.nodes.NodeCall.run;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.Torch;
import org.comfyee.torch.safetensors.SafetensorsFile;
import org.comfyee.torch.safetensors.SafetensorsWriter;
import org.comfyee.workflow.files.Folders;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Latents cut, joined and mixed, against values worked out by hand. */
class LatentNodesTest {
    @TempDir
    private static Path base;

    @BeforeAll
    static void prepare() {
        Torch.loadConfigured();
    }

    private static Latent of(long[] shape, double... values) {
        return Latent.of(Tensor.of(values, shape).to(ScalarType.FLOAT32));
    }

    private static long[] shape(long... shape) {
        return shape;
    }

    private static void assertValues(Tensor actual, double... expected) {
        assertArrayEquals(expected, actual.toDoubles(), 1e-6);
    }

    /** Items of one cell with the values 0, 1, 2, … */
    private static Latent counted(int items) {
        var values = new double[items];
        for (int i = 0; i < items; i++) {
            values[i] = i;
        }
        return of(shape(items, 1, 1, 1), values);
    }

    @Test
    void itemsOfABatchKeepTheirPlaces() {
        var masked = counted(5).withNoiseMask(Tensor.of(new float[] {0, 1}, 2, 1, 1, 1));
        var some = latent("LatentFromBatch", "samples", masked, "batch_index", 3, "length", 9);
        assertValues(some.samples(), 3, 4);
        assertValues(some.noiseMask().orElseThrow(), 1, 0);
        assertEquals(Optional.of(List.of(3, 4)), some.batchIndex());
        var again = latent("RepeatLatentBatch", "samples", some, "amount", 2);
        assertValues(again.samples(), 3, 4, 3, 4);
        assertValues(again.noiseMask().orElseThrow(), 1, 0, 1, 0);
        assertEquals(Optional.of(List.of(3, 4, 5, 6)), again.batchIndex());
        assertEquals(Optional.of(List.of(3, 4, 0, 1)), latent("LatentBatch", "samples1", some, "samples2", counted(2)).batchIndex());
        assertEquals(Optional.of(List.of(3, 3)), latent("LatentBatchSeedBehavior", "samples", some).batchIndex());
        assertEquals(Optional.empty(), latent("LatentBatchSeedBehavior", "samples", some, "seed_behavior", "random").batchIndex());
    }

    @Test
    void masksOfARepeatedBatchAreRepeatedAsTheyAre() {
        var masked = counted(3).withNoiseMask(Tensor.of(new float[] {0, 1}, 2, 1, 1, 1));
        assertValues(latent("RepeatLatentBatch", "samples", masked, "amount", 2).noiseMask().orElseThrow(), 0, 1, 0, 1);
    }

    @Test
    void batchesAreRegrouped() {
        var masked = counted(1).withNoiseMask(Tensor.of(new float[] {0.5f}, 1, 1, 1, 1));
        var wide = of(shape(1, 1, 1, 2), 7, 8);
        var batches = (List<?>) run("RebatchLatents", "latents", List.of(counted(3), masked, wide), "batch_size", List.of(2)).getFirst();
        assertEquals(3, batches.size());
        var first = (Latent) batches.get(0);
        var second = (Latent) batches.get(1);
        assertValues(first.samples(), 0, 1);
        assertEquals(Optional.empty(), first.noiseMask());
        assertValues(second.samples(), 2, 0);
        assertEquals(Optional.of(List.of(2, 3)), second.batchIndex());
        assertEquals(64 + 32, second.noiseMask().orElseThrow().sum().item());
        assertValues(((Latent) batches.get(2)).samples(), 7, 8);
    }

    @Test
    void regroupedMasksKeepTheirSizeAndAreLeftOutWhereTheyCoverAll() {
        var half = Tensor.of(new float[] {0.5f, 1, 0.25f, 1}, 1, 1, 2, 2);
        var full = Tensor.ones(ScalarType.FLOAT32, 1, 1, 2, 2);
        var batches = (List<?>) run("RebatchLatents",
                "latents", List.of(counted(1).withNoiseMask(half), counted(1).withNoiseMask(full), counted(2).withNoiseMask(full)),
                "batch_size", List.of(2)).getFirst();
        assertValues(((Latent) batches.get(0)).noiseMask().orElseThrow(), 0.5, 1, 0.25, 1, 1, 1, 1, 1);
        assertEquals(Optional.empty(), ((Latent) batches.get(1)).noiseMask());
    }

    @Test
    void edgesOfACompositeFadeExceptAtTheBorder() {
        var under = of(shape(1, 1, 4, 4), new double[16]);
        var over = of(shape(1, 1, 2, 2), 1, 1, 1, 1);
        var inside = latent("LatentComposite", "samples_to", under, "samples_from", over, "x", 8, "y", 8, "feather", 16);
        assertValues(inside.samples(), 0, 0, 0, 0, 0, 0.25, 0.25, 0, 0, 0.25, 0.25, 0, 0, 0, 0, 0);
        var corner = latent("LatentComposite", "samples_to", under, "samples_from", over, "x", 0, "y", 24, "feather", 16);
        assertValues(corner.samples(), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.5, 0.25, 0, 0);
        var masked = latent("LatentCompositeMasked", "destination", under, "source", over, "x", 16, "y", 0,
                "mask", Tensor.of(new float[] {0.5f}, 1, 1));
        assertValues(masked.samples(), 0, 0, 0.5, 0.5, 0, 0, 0.5, 0.5, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    @Test
    void fadingThatIsLongerThanTheSourceGoesOnFromItsEndOnly() {
        var under = of(shape(1, 1, 1, 6), new double[6]);
        var over = of(shape(1, 1, 1, 3), 1, 1, 1);
        var far = latent("LatentComposite", "samples_to", under, "samples_from", over, "x", 8, "y", 0, "feather", 80);
        // From the left 1, 2 and 3 tenths; from the right 3, 2 and 1, and then, past the middle cell, 5 and 6 once more.
        assertValues(far.samples(), 0, 0.1 * 0.3 * 0.6, 0.2 * 0.2 * 0.5, 0.3 * 0.1, 0, 0);
        var nearer = latent("LatentComposite", "samples_to", under, "samples_from", over, "x", 0, "y", 0, "feather", 40);
        assertValues(nearer.samples(), 0.6, 0.4, 0.2, 0, 0, 0);
    }

    @Test
    void sidesOfLessThanEightCellsAreCutFromTheirEnd() {
        var small = of(shape(1, 1, 4, 6), IntStream.range(0, 24).asDoubleStream().toArray());
        var cut = latent("LatentCrop", "samples", small, "width", 64, "height", 64, "x", 0, "y", 8).samples();
        assertArrayEquals(shape(1, 1, 4, 2), cut.shape());
        assertValues(cut, 4, 5, 10, 11, 16, 17, 22, 23);
    }

    @Test
    void latentsTurnAndAreCut() {
        var square = of(shape(1, 1, 2, 2), 1, 2, 3, 4);
        assertValues(latent("LatentRotate", "samples", square, "rotation", "90 degrees").samples(), 3, 1, 4, 2);
        assertValues(latent("LatentFlip", "samples", square, "flip_method", "x-axis: vertically").samples(), 3, 4, 1, 2);
        assertValues(latent("LatentCut", "samples", square, "dim", "x", "index", -1, "amount", 5).samples(), 2, 4);
        assertValues(latent("LatentConcat", "samples1", square, "samples2", of(shape(1, 1, 1, 2), 8, 9), "dim", "-y").samples(), 8, 9, 1, 2, 3, 4);
        var large = of(shape(1, 1, 10, 10), new double[100]);
        assertArrayEquals(shape(1, 1, 8, 9), latent("LatentCrop", "samples", large, "width", 128, "height", 128, "x", 8, "y", 800).samples().shape());
    }

    @Test
    void latentsMix() {
        var x = of(shape(1, 2, 1, 1), 3, 0);
        var y = of(shape(1, 2, 1, 1), 0, 1);
        assertValues(latent("LatentInterpolate", "samples1", x, "samples2", y, "ratio", 0.5).samples(), Math.sqrt(2), Math.sqrt(2));
        assertValues(latent("LatentInterpolate", "samples1", x, "samples2", of(shape(1, 2, 1, 1), 0, 0), "ratio", 0.5).samples(), 1.5, 0);
        assertValues(latent("LatentAdd", "samples1", x, "samples2", y).samples(), 3, 1);
        assertValues(latent("LatentSubtract", "samples1", x, "samples2", y).samples(), 3, -1);
        assertValues(latent("LatentMultiply", "samples", x, "multiplier", -2.0).samples(), -6, 0);
        assertValues(latent("LatentBlend", "samples1", x, "samples2", y, "blend_factor", 0.25).samples(), 0.75, 0.75);
    }

    @Test
    void directionsTurnEvenlyBetweenPixels() {
        var x = of(shape(1, 2, 1, 2), 1, 0, 0, 3);
        var wider = latent("LatentUpscaleBy", "samples", x, "upscale_method", "bislerp", "scale_by", 2.0).samples();
        assertArrayEquals(shape(1, 2, 2, 4), wider.shape());
        double near = Math.cos(Math.PI / 8);
        double far = Math.sin(Math.PI / 8);
        assertValues(wider.narrow(2, 0, 1), 1, 1.5 * near, 2.5 * far, 0, 0, 1.5 * far, 2.5 * near, 3);
    }

    @Test
    void aSideOfZeroFollowsFromTheOther() {
        var x = of(shape(1, 1, 8, 16), new double[128]);
        assertArrayEquals(shape(1, 1, 16, 32), latent("LatentUpscale", "samples", x, "upscale_method", "area", "crop", "disabled",
                "width", 0, "height", 128).samples().shape());
        assertArrayEquals(shape(1, 1, 8, 8), latent("LatentUpscale", "samples", x, "upscale_method", "area", "crop", "center",
                "width", 16, "height", 8).samples().shape());
    }

    @Test
    void latentsAreReadFromFiles() throws Exception {
        var folders = Folders.of(base);
        folders.prepare();
        var values = Tensor.of(new float[] {0.18215f, 0.3643f, 0, 0}, 1, 4, 1, 1);
        SafetensorsWriter.write(base.resolve("input/old.latent"), Map.of("latent_tensor", values), Map.of());
        SafetensorsWriter.write(base.resolve("input/new.latent"),
                Map.of("latent_tensor", values, "latent_format_version_0", Tensor.empty(ScalarType.FLOAT32, 0)), Map.of());
        var fixture = new WorkflowFixture(folders);
        var result = fixture.run(Map.of(
                "1", node("LoadLatent", Map.of("latent", "old.latent")), "2", node("LoadLatent", Map.of("latent", "new.latent")),
                "3", node("SaveLatent", Map.of("samples", List.of("1", 0L), "filename_prefix", "a")),
                "4", node("SaveLatent", Map.of("samples", List.of("2", 0L), "filename_prefix", "b"))));
        assertTrue(result.success(), () -> String.valueOf(result.messages()));
        assertValues(SafetensorsFile.open(fixture.savedFiles(result, "3").getFirst()).tensor("latent_tensor"), 1, 2, 0, 0);
        assertValues(SafetensorsFile.open(fixture.savedFiles(result, "4").getFirst()).tensor("latent_tensor"), 0.18215, 0.3643, 0, 0);
    }

    private static Map<String, Object> node(String type, Map<String, Object> inputs) {
        return Map.of("class_type", type, "inputs", inputs);
    }
}
