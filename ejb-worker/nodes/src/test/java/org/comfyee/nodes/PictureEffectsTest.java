package org.comfyee.nodes;

import static org.comfyee.nodes.NodeCall.run;
import static org.comfyee.nodes.NodeCall.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.Torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Effects on pictures, against values worked out by hand and those of the imaging library Pillow. */
class PictureEffectsTest {
    @BeforeAll
    static void prepare() {
        Torch.loadConfigured();
    }

    private static Tensor picture(int height, int width, float... levels) {
        return Tensor.of(levels, 1, height, width, levels.length / height / width);
    }

    private static Tensor grey(double level, int height, int width) {
        return Tensor.full(level, ScalarType.FLOAT32, 1, height, width, 3);
    }

    private static void assertValues(Tensor actual, double... expected) {
        assertArrayEquals(expected, actual.toDoubles(), 1e-6);
    }

    @ParameterizedTest
    @CsvSource({
        "normal, 0.2, 0.6, 0.6", "multiply, 0.2, 0.6, 0.12", "screen, 0.2, 0.6, 0.68", "overlay, 0.2, 0.6, 0.24", "overlay, 0.7, 0.6, 0.76",
        "soft_light, 0.2, 0.4, 0.168", "soft_light, 0.2, 0.6, 0.2496", "soft_light, 0.49, 0.6, 0.532", "difference, 0.7, 0.6, 0.1",
        "difference, 0.2, 0.6, 0"})
    void layersBlend(String mode, double below, double above, double expected) {
        var blended = tensor("ImageBlend", "image1", grey(below, 1, 1), "image2", grey(above, 1, 1), "blend_factor", 1.0, "blend_mode", mode);
        assertValues(blended, expected, expected, expected);
        var half = tensor("ImageBlend", "image1", grey(0.5, 2, 2), "image2", grey(0.1, 4, 8), "blend_factor", 0.25, "blend_mode", "normal");
        assertArrayEquals(new long[] {1, 2, 2, 3}, half.shape());
        assertEquals(0.4, half.mean().item(), 1e-6);
    }

    @Test
    void blurringSpreadsAndSharpeningGathersLight() {
        var levels = new float[25];
        levels[12] = 1;
        var blurred = tensor("ImageBlur", "image", picture(5, 5, levels).repeat(1, 1, 1, 3), "blur_radius", 1, "sigma", 1.0);
        double side = Math.exp(-0.5);
        double corner = Math.exp(-1);
        double sum = 1 + 4 * side + 4 * corner;
        assertValues(blurred.select(3, 1).select(1, 1), 0, corner / sum, side / sum, corner / sum, 0);
        assertValues(blurred.select(3, 2).select(1, 2), 0, side / sum, 1 / sum, side / sum, 0);
        // Mirrored at the edge, of which the edge itself is not repeated.
        var edge = tensor("ImageBlur", "image", picture(2, 3, 1, 0, 0, 1, 0, 0).repeat(1, 1, 1, 3), "blur_radius", 1, "sigma", 1.0);
        assertValues(edge.select(3, 0).select(1, 0), (1 + 2 * side) / sum, (side + 2 * corner) / sum, 0);

        assertValues(tensor("ImageSharpen", "image", grey(0.3, 3, 3), "alpha", 2.0).select(3, 0).select(1, 1), 0.3, 0.3, 0.3);
        var sharpened = tensor("ImageSharpen", "image", picture(3, 3, 0.5f, 0.5f, 0.5f, 0.5f, 0.51f, 0.5f, 0.5f, 0.5f, 0.5f).repeat(1, 1, 1, 3));
        assertEquals(0.51 + 0.1 - 0.1 / sum, sharpened.select(3, 0).select(2, 1).select(1, 1).item(), 1e-6);
        assertThrows(IllegalArgumentException.class, () -> run("ImageBlur", "image", grey(0, 4, 4), "blur_radius", 4));
    }

    @ParameterizedTest
    @CsvSource({
        "16, none, 2eea3a7350d364c3", "256, none, 28af3194a3ed9120", "256, floyd-steinberg, 0ccff453ca3bc729", "16, bayer-4, 3a73dc2f764467d5",
        "256, bayer-16, a4042901e281610a"})
    void palettesAreThoseOfPillow(int colors, String dither, String expected) throws Exception {
        int height = 40;
        int width = 48;
        var levels = new float[height * width * 3];
        for (int i = 0; i < height * width; i++) {
            int x = i % width;
            int y = i / width;
            levels[3 * i] = (x * 255 / (width - 1) + 0.5f) / 255;
            levels[3 * i + 1] = (y * 255 / (height - 1) + 0.5f) / 255;
            levels[3 * i + 2] = (x * y % 256 + 0.5f) / 255;
        }
        var quantized = tensor("ImageQuantize", "image", picture(height, width, levels), "colors", colors, "dither", dither).toFloats();
        var bytes = new byte[quantized.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Math.round(quantized[i] * 255);
        }
        assertEquals(expected, HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 8));
    }

    @Test
    void edgesAreFoundWhereThePictureIsSteep() {
        int height = 14;
        int width = 20;
        var levels = new float[height * width * 3];
        for (int i = 0; i < height * width; i++) {
            int x = i % width;
            int y = i / width;
            levels[3 * i] = (float) (0.5 + 0.5 * Math.tanh((x - 6 - 0.35 * y) / 1.3));
            levels[3 * i + 1] = (float) (0.5 + 0.4 * Math.tanh((y - 7 + 0.2 * x) / 0.9));
            levels[3 * i + 2] = (float) ((Math.sin(x * 0.7 + y * 0.31) + 1) / 2);
        }
        var edges = tensor("Canny", "image", picture(height, width, levels)).select(3, 2).toFloats();
        var drawn = new StringBuilder();
        for (float edge : edges) {
            drawn.append(edge == 1 ? '#' : '.');
        }
        assertEquals(".......#............" + ".......#............" + ".......#............" + ".......#..........##"
                + ".............#####.." + ".......######......." + "...#####............" + "###................."
                + ".".repeat(6 * width), drawn.toString());
        assertThrows(IllegalArgumentException.class,
                () -> tensor("Canny", "image", picture(height, width, levels), "low_threshold", 0.5, "high_threshold", 0.4));
    }

    @Test
    void transparentPicturesAreResizedByTheirVisibleColours() {
        var levels = new float[48];
        int[] alphas = {255, 128, 0, 40};
        for (int i = 0; i < 12; i++) {
            int x = i % 4;
            int y = i / 4;
            int[] pixel = {x * 60, y * 90, 200, alphas[(x + y) % 4]};
            for (int c = 0; c < 4; c++) {
                levels[4 * i + c] = (pixel[c] + 0.5f) / 255;
            }
        }
        var resized = tensor("ImageScale", "image", picture(3, 4, levels), "upscale_method", "lanczos", "width", 6, "height", 2, "crop", "disabled");
        assertValues(resized.mul(255), 0, 23, 204, 226, 18, 15, 200, 168, 71, 0, 201, 57, 0, 0, 0, 0, 185, 57, 197, 62, 187, 69, 213, 129, 12,
                133, 194, 42, 0, 182, 200, 14, 86, 208, 197, 44, 112, 178, 199, 161, 149, 149, 199, 203, 195, 132, 209, 175);
    }

    @Test
    void picturesAreStitched() {
        var one = grey(0.25, 4, 2);
        var other = grey(0.75, 2, 2);
        assertArrayEquals(new long[] {1, 4, 6, 3},
                tensor("ImageStitch", "image1", one, "image2", other, "direction", "right", "spacing_color", "white").shape());
        assertArrayEquals(new long[] {1, 6, 2, 3},
                tensor("ImageStitch", "image1", one, "image2", other, "direction", "down", "spacing_color", "white").shape());
        var apart = tensor("ImageStitch", "image1", one, "image2", other, "direction", "left", "spacing_color", "red", "match_image_size", false,
                "spacing_width", 1);
        assertArrayEquals(new long[] {1, 4, 6, 3}, apart.shape());
        assertValues(apart.select(3, 0).select(1, 0), 0, 0, 1, 1, 0.25, 0.25);
        assertValues(apart.select(3, 1).select(1, 1), 0.75, 0.75, 0, 0, 0.25, 0.25);
        var batches = tensor("ImageStitch", "image1", one.repeat(3, 1, 1, 1), "image2", grey(0.5, 4, 1).pad("constant", 0.5, 0, 1), "direction", "up",
                "spacing_color", "white", "match_image_size", false);
        assertArrayEquals(new long[] {3, 8, 2, 4}, batches.shape());
        assertValues(batches.select(0, 2).select(0, 1).select(1, 3), 0.5, 1);
        assertEquals(one, tensor("ImageStitch", "image1", one, "direction", "up", "spacing_color", "white"));
    }

    @Test
    void picturesAreTurnedAndFitted() {
        var square = picture(2, 2, 1, 2, 3, 4);
        assertValues(tensor("ImageRotate", "image", square, "rotation", "90 degrees"), 3, 1, 4, 2);
        assertValues(tensor("ImageFlip", "image", square, "flip_method", "x-axis: vertically"), 3, 4, 1, 2);
        assertValues(tensor("ImageFlip", "image", square, "flip_method", "y-axis: horizontally"), 2, 1, 4, 3);
        var framed = tensor("ResizeAndPadImage", "image", grey(0.5, 2, 4), "target_width", 5, "target_height", 5, "padding_color", "white",
                "interpolation", "area");
        assertValues(framed.select(3, 0).select(2, 4), 1, 0.5, 0.5, 1, 1);
        assertArrayEquals(new long[] {1, 8, 5, 3},
                tensor("ImageScaleToMaxDimension", "image", grey(0, 13, 8), "upscale_method", "area", "largest_size", 8).shape());
    }

    @ParameterizedTest
    @CsvSource({
        "erode, 3, 0 0 0 0 3 3 3", "dilate, 3, 5 5 5 9 9 9 4", "open, 3, 0 0 0 3 3 3 3", "close, 3, 5 5 5 5 9 4 4", "gradient, 3, 5 5 5 9 6 6 1",
        "top_hat, 3, 0 5 0 0 6 0 1", "bottom_hat, 3, 5 0 5 2 0 1 0", "dilate, 4, 5 5 5 9 9 9 9", "erode, 4, 0 0 0 0 0 3 3"})
    void brightnessSpreadsAndIsEatenAway(String operation, int size, String expected) {
        // Beyond the edges lies nothing that counts; an even square reaches further to the left.
        var row = picture(1, 7, 0, 5, 0, 3, 9, 3, 4);
        var values = Arrays.stream(expected.split(" ")).mapToDouble(Double::parseDouble).toArray();
        assertValues(tensor("Morphology", "image", row, "operation", operation, "kernel_size", size), values);
        assertValues(tensor("Morphology", "image", row.transpose(1, 2), "operation", operation, "kernel_size", size), values);
    }

    @Test
    void coloursArePartedIntoBrightnessAndDifferencesAndJoinedAgain() {
        var image = Tensor.of(new float[] {0.2f, 0.6f, 0.9f, 0, 0, 1}, 1, 1, 2, 3);
        var parts = run("ImageRGBToYUV", "image", image);
        double brightness = 0.299 * 0.2 + 0.587 * 0.6 + 0.114 * 0.9;
        assertValues((Tensor) parts.get(0), brightness, brightness, brightness, 0.114, 0.114, 0.114);
        assertEquals(0.5 + 0.564 * (0.9 - brightness), ((Tensor) parts.get(1)).toDoubles()[0], 1e-6);
        assertEquals(0.5 + 0.713 * (0.2 - brightness), ((Tensor) parts.get(2)).toDoubles()[0], 1e-6);
        var joined = tensor("ImageYUVToRGB", "Y", parts.get(0), "U", parts.get(1), "V", parts.get(2)).toDoubles();
        assertArrayEquals(new double[] {0.2, 0.6, 0.9, 0, 0, 1}, joined, 2e-3);
    }

    @Test
    void noiseIsThatOfTheSeed() {
        var noisy = tensor("ImageAddNoise", "image", grey(0.5, 1, 1), "seed", 42L, "strength", 0.5);
        // torch.manual_seed(42); torch.randn(3)
        assertValues(noisy, 0.5 + 0.5 * 0.3366904, 0.5 + 0.5 * 0.1288094, 0.5 + 0.5 * 0.2344624);
    }
}
