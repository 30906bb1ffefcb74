package org.comfyee.nodes;

import static org.comfyee.nodes.NodeCall.run;
import static org.comfyee.nodes.NodeCall.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.Torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Masks and compositing, against values worked out by hand. */
class MaskNodesTest {
    @BeforeAll
    static void prepare() {
        Torch.loadConfigured();
    }

    private static Tensor mask(int width, double... values) {
        return floats(values).reshape(1, -1, width);
    }

    private static Tensor floats(double... values) {
        return Tensor.of(values, values.length).to(ScalarType.FLOAT32);
    }

    private static void assertValues(Tensor actual, double... expected) {
        assertArrayEquals(expected, actual.toDoubles(), 1e-6);
    }

    @ParameterizedTest
    @CsvSource({"multiply,0.12,0.48", "add,0.8,1", "subtract,0,0.2", "and,0,1", "or,1,1", "xor,1,0"})
    void masksCombine(String operation, double first, double second) {
        var result = tensor("MaskComposite", "destination", mask(4, 0.2, 0.8, 0.7, 0.1), "source", mask(3, 0.6, 0.6, 0.6), "x", 0, "y", 0,
                "operation", operation);
        assertEquals(0.1, result.toFloats()[3], 1e-6);
        assertValues(result.narrow(2, 0, 2), first, second);
    }

    @Test
    void whatExceedsTheMaskIsLeftOut() {
        var under = mask(2, 1, 1, 1, 1);
        var zeros = mask(2, 0, 0, 0, 0);
        assertValues(tensor("MaskComposite", "destination", under, "source", zeros, "x", 1, "y", 1, "operation", "multiply"), 1, 1, 1, 0);
        assertValues(tensor("MaskComposite", "destination", under, "source", zeros, "x", 5, "y", 0, "operation", "multiply"), 1, 1, 1, 1);
        assertValues(tensor("CropMask", "mask", mask(3, 1, 2, 3, 4, 5, 6), "x", 1, "y", 1), 5, 6);
        assertThrows(IllegalArgumentException.class, () -> tensor("CropMask", "mask", under, "x", 2));
    }

    @Test
    void theFarRampBeginsAtTheFirstPixel() {
        assertValues(tensor("FeatherMask", "mask", mask(5, 1, 1, 1, 1, 1), "left", 2, "right", 3), 1 / 6.0, 1, 1, 1, 2 / 3.0);
        assertValues(tensor("FeatherMask", "mask", mask(1, 1, 1, 1), "top", 9), 1 / 3.0, 2 / 3.0, 1);
    }

    @Test
    void masksGrowRoundOrSquareAndShrink() {
        var dot = mask(5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        var diamond = tensor("GrowMask", "mask", dot, "expand", 2);
        assertValues(diamond, 0, 0, 1, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 0);
        assertValues(tensor("GrowMask", "mask", dot, "expand", 1, "tapered_corners", false),
                0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0);
        assertValues(tensor("GrowMask", "mask", diamond, "expand", -1), 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0);
        assertValues(tensor("GrowMask", "mask", mask(2, 1, 1, 1, 1), "expand", -3), 1, 1, 1, 1);
        assertValues(tensor("GrowMask", "mask", mask(3, 0, 0.5, 0), "expand", 9999), 0.5, 0.5, 0.5);
    }

    @Test
    void masksAndPicturesTurnIntoEachOther() {
        assertValues(tensor("ThresholdMask", "mask", mask(3, 0.4, 0.5, 0.6)), 0, 0, 1);
        assertValues(tensor("InvertMask", "mask", mask(2, 0.25, 1)), 0.75, 0);
        assertArrayEquals(new long[] {1, 2, 3}, tensor("SolidMask", "value", 0.5, "width", 3, "height", 2).shape());
        var picture = tensor("MaskToImage", "mask", floats(0.1, 0.2).reshape(1, 2));
        assertArrayEquals(new long[] {1, 1, 2, 3}, picture.shape());
        assertValues(tensor("ImageToMask", "image", picture, "channel", "blue"), 0.1, 0.2);
        assertThrows(IllegalArgumentException.class, () -> tensor("ImageToMask", "image", picture, "channel", "alpha"));
        var colours = floats(0x33 / 255.0, 0x66 / 255.0, 0x99 / 255.0, 0x33 / 255.0, 0x66 / 255.0, 0x98 / 255.0).reshape(1, 1, 2, 3);
        assertValues(tensor("ImageColorToMask", "image", colours, "color", 0x336699), 1, 0);
    }

    @Test
    void picturesAreLaidOverOthersThroughAMask() {
        var under = Tensor.zeros(ScalarType.FLOAT32, 2, 2, 2, 3);
        var over = Tensor.ones(ScalarType.FLOAT32, 1, 2, 2, 4);
        var result = tensor("ImageCompositeMasked", "destination", under, "source", over, "x", 1, "y", 0, "mask", mask(2, 0.25, 1, 0.5, 1));
        assertValues(result.select(3, 0), 0, 0.25, 0, 0.5, 0, 0.25, 0, 0.5);
        assertValues(under, new double[24]);
        assertValues(tensor("ImageCompositeMasked", "destination", under, "source", over, "x", 2), new double[24]);
        var filled = tensor("ImageCompositeMasked", "destination", over, "source", Tensor.zeros(ScalarType.FLOAT32, 1, 1, 1, 3), "resize_source", true);
        assertValues(filled, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1);
    }

    @ParameterizedTest
    @CsvSource({
        "ADD,0.8,0", "CLEAR,0,1", "DARKEN,0.6285714,0.125", "DST,0.4,0.5", "DST_ATOP,0.6,0.25", "DST_IN,0.4,0.625", "DST_OUT,0.4,0.875",
        "DST_OVER,0.5714286,0.125", "LIGHTEN,1,0.125", "MULTIPLY,0.32,0.625", "OVERLAY,0.2742857,0.125", "SCREEN,0.7771429,0.125",
        "SRC,0.8,0.25", "SRC_ATOP,0.7,0.5", "SRC_IN,0.8,0.625", "SRC_OUT,0.8,0.625", "SRC_OVER,0.7428571,0.125", "XOR,0.7,0.5"
    })
    void partlyTransparentPicturesCompose(String mode, double colour, double mask) {
        var result = run("PorterDuffImageComposite", "source", floats(0.8).reshape(1, 1, 1, 1), "source_alpha", mask(1, 0.25),
                "destination", floats(0.4).reshape(1, 1, 1, 1), "destination_alpha", mask(1, 0.5), "mode", mode);
        assertValues((Tensor) result.get(0), colour);
        assertValues((Tensor) result.get(1), mask);
    }

    @Test
    void alphaSplitsOffAndJoins() {
        var picture = floats(0.1, 0.2, 0.3, 0.75).reshape(1, 1, 1, 4);
        var split = run("SplitImageWithAlpha", "image", picture);
        assertValues((Tensor) split.get(0), 0.1, 0.2, 0.3);
        assertValues((Tensor) split.get(1), 0.25);
        assertValues(tensor("JoinImageWithAlpha", "image", split.get(0), "alpha", split.get(1)), 0.1, 0.2, 0.3, 0.75);
        assertValues((Tensor) run("SplitImageWithAlpha", "image", split.get(0)).get(1), 0);
    }
}
