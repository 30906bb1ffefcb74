package org.comfyee.nodes.image.postprocessing;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.lang.foreign.ValueLayout;
import java.util.List;
import org.comfyee.nodes.Types;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Pictures in few colours, each with the palette that suits it best. */
public final class ImageQuantize implements Node {
    private static final Input<Tensor> IMAGE = Input.of("image", Types.IMAGE);
    private static final Input<Integer> COLORS = Input.integer("colors").defaultTo(256).range(1, 256).step(1);
    private static final Input<String> DITHER = Input.combo("dither",
            List.of("none", "floyd-steinberg", "bayer-2", "bayer-4", "bayer-8", "bayer-16"));

    private static final NodeDefinition DEFINITION = node("ImageQuantize")
            .schema()
            .category("image/postprocessing")
            .module("comfy_extras.nodes_post_processing")
            .inputs(IMAGE, COLORS, DITHER)
            .outputs(Types.IMAGE)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var image = inputs.get(IMAGE);
        if (image.size(3) != 3) {
            throw new IllegalArgumentException("the pictures have " + image.size(3) + " channels, expected 3");
        }
        int colors = inputs.get(COLORS);
        var dither = inputs.get(DITHER);
        int height = (int) image.size(1);
        int width = (int) image.size(2);
        var quantized = image.split(1, 0).stream()
                .map(picture -> toTensor(quantized(toPixels(picture), width, colors, dither), height, width))
                .toList();
        return Outputs.of(Tensor.cat(quantized, 0));
    }

    private static int[] toPixels(Tensor picture) {
        var bytes = picture.mul(255).to(ScalarType.UINT8).contiguous().data().toArray(ValueLayout.JAVA_BYTE);
        var pixels = new int[bytes.length / 3];
        for (int i = 0; i < bytes.length; i++) {
            pixels[i / 3] = pixels[i / 3] << 8 | bytes[i] & 0xff;
        }
        return pixels;
    }

    private static Tensor toTensor(int[] pixels, int height, int width) {
        var levels = new float[pixels.length * 3];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = (pixels[i / 3] >> 16 - 8 * (i % 3) & 0xff) / 255f;
        }
        return Tensor.of(levels, 1, height, width, 3);
    }

    private static int[] quantized(int[] pixels, int width, int colors, String dither) {
        var palette = MedianCut.palette(pixels, colors);
        var mapping = new PaletteMapping(palette);
        return switch (dither) {
            case "none" -> mapping.plain(pixels);
            case "floyd-steinberg" -> mapping.diffused(pixels, width);
            default -> mapping.plain(ordered(pixels, width, Integer.parseInt(dither.substring("bayer-".length())), palette.length));
        };
    }

    /** Adds the thresholds of a Bayer matrix, the more the fewer colours there are. */
    private static int[] ordered(int[] pixels, int width, int order, int colors) {
        double spread = 2.0 * 256 / colors;
        var result = new int[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            double threshold = spread * threshold(i / width % order, i % width % order, order) + 0.5;
            for (int shift = 16; shift >= 0; shift -= 8) {
                // In float32, as the picture is.
                result[i] = result[i] << 8 | (int) Math.clamp((float) ((pixels[i] >> shift & 0xff) + threshold), 0f, 255f);
            }
        }
        return result;
    }

    /** Between -1/2 and 1/2. */
    private static double threshold(int row, int column, int order) {
        if (order == 1) {
            return 0;
        }
        int half = order / 2;
        double corner = row < half ? column < half ? -1.5 : 0.5 : column < half ? 1.5 : -0.5;
        // The finer the matrix, the closer its values lie.
        return threshold(row % half, column % half, half) + corner / (order * order);
    }
}
