package org.comfyee.nodes;

import static org.comfyee.nodes.NodeCall.run;
import static org.comfyee.nodes.NodeCall.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.Torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Pictures cut, joined and padded, against values worked out by hand. */
class ImageNodesTest {
    @BeforeAll
    static void prepare() {
        Torch.loadConfigured();
    }

    private static Tensor zeros(long... shape) {
        return Tensor.zeros(ScalarType.FLOAT32, shape);
    }

    private static void assertValues(Tensor actual, double... expected) {
        assertArrayEquals(expected, actual.toDoubles(), 1e-6);
    }

    @Test
    void outpaintingFadesIntoThePictureAtPaddedSidesOnly() {
        var result = run("ImagePadForOutpaint", "image", zeros(1, 7, 6, 3), "right", 2, "feathering", 2);
        var padded = (Tensor) result.get(0);
        assertArrayEquals(new long[] {1, 7, 8, 3}, padded.shape());
        assertValues(padded.select(3, 0).select(1, 3), 0, 0, 0, 0, 0, 0, 0.5, 0.5);
        var mask = (Tensor) result.get(1);
        assertArrayEquals(new long[] {1, 7, 8}, mask.shape());
        assertValues(mask.select(1, 0), 0, 0, 0, 0, 0, 0.25, 1, 1);
        assertValues(mask.select(1, 6), 0, 0, 0, 0, 0, 0.25, 1, 1);
        var unfeathered = (Tensor) run("ImagePadForOutpaint", "image", zeros(1, 4, 4, 3), "top", 1, "feathering", 2).get(1);
        assertValues(unfeathered.select(2, 0), 1, 0, 0, 0, 0);
    }

    @Test
    void batchesTakeTheFirstPicturesSizeAndAnyAlpha() {
        var both = tensor("ImageBatch", "image1", zeros(1, 2, 2, 4), "image2", Tensor.full(0.5, ScalarType.FLOAT32, 2, 4, 8, 3));
        assertArrayEquals(new long[] {3, 2, 2, 4}, both.shape());
        assertValues(both.select(0, 2).select(0, 0), 0.5, 0.5, 0.5, 1, 0.5, 0.5, 0.5, 1);
        assertArrayEquals(new long[] {6, 2, 2, 4}, tensor("RepeatImageBatch", "image", both, "amount", 2).shape());
        assertArrayEquals(new long[] {2, 2, 2, 4}, tensor("ImageFromBatch", "image", both, "batch_index", 1, "length", 5).shape());
        var batches = (List<?>) run("RebatchImages", "images", List.of(both, both), "batch_size", List.of(4)).getFirst();
        assertEquals(List.of(4L, 2L), batches.stream().map(each -> ((Tensor) each).size(0)).toList());
    }

    @Test
    void picturesAreCutAndScaled() {
        var picture = zeros(1, 50, 100, 3);
        assertArrayEquals(new long[] {1, 72, 145, 3},
                tensor("ImageScaleToTotalPixels", "image", picture, "upscale_method", "bilinear", "megapixels", 0.01).shape());
        assertArrayEquals(new long[] {1, 2, 4, 3}, tensor("ImageScaleBy", "image", picture, "upscale_method", "area", "scale_by", 0.036).shape());
        assertArrayEquals(new long[] {1, 1, 10, 3}, tensor("ImageCrop", "image", picture, "x", 90, "y", 400).shape());
    }
}
