package org.comfyee.nodes.image.transform;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.comfyee.nodes.Types;
import org.comfyee.nodes.image.Resize;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Two pictures side by side or one below the other. */
public final class ImageStitch implements Node {
    private static final List<String> PRIMARIES = List.of("red", "green", "blue");
    private static final Input<Tensor> IMAGE1 = Input.of("image1", Types.IMAGE);
    private static final Input<String> DIRECTION = Input.combo("direction", List.of("right", "down", "left", "up")).defaultTo("right");
    private static final Input<Boolean> MATCH_IMAGE_SIZE = Input.bool("match_image_size").defaultTo(true);
    private static final Input<Integer> SPACING_WIDTH = Input.integer("spacing_width").defaultTo(0).range(0, 1024).step(2);
    private static final Input<String> SPACING_COLOR = Input.combo("spacing_color",
            List.of("white", "black", "red", "green", "blue")).defaultTo("white");
    private static final Input<Tensor> IMAGE2 = Input.of("image2", Types.IMAGE).optional();

    private static final NodeDefinition DEFINITION = node("ImageStitch")
            .displayName("Image Stitch")
            .category("image/transform")
            .description("\nStitches image2 to image1 in the specified direction.\nIf image2 is not provided, returns "
                    + "image1 unchanged.\nOptional spacing can be added between images.\n")
            .module("comfy_extras.nodes_images")
            .inputs(IMAGE1, DIRECTION, MATCH_IMAGE_SIZE, SPACING_WIDTH, SPACING_COLOR, IMAGE2)
            .outputs(Types.IMAGE)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var image1 = inputs.get(IMAGE1);
        var given = inputs.find(IMAGE2);
        if (given.isEmpty()) {
            return Outputs.of(image1);
        }
        var direction = inputs.get(DIRECTION);
        boolean sideways = direction.equals("left") || direction.equals("right");
        int along = sideways ? 2 : 1;
        int across = sideways ? 1 : 2;
        long batch = Math.max(image1.size(0), given.get().size(0));
        var first = lastRepeated(image1, batch);
        var second = lastRepeated(given.get(), batch);
        var color = inputs.get(SPACING_COLOR);
        if (inputs.get(MATCH_IMAGE_SIZE)) {
            second = matched(second, first, sideways);
        } else {
            long size = Math.max(first.size(across), second.size(across));
            double level = color.equals("white") ? 1 : 0;
            first = padded(first, across, size, level);
            second = padded(second, across, size, level);
        }
        long channels = Math.max(first.size(3), second.size(3));
        var parts = new ArrayList<>(List.of(withChannels(first, channels), withChannels(second, channels)));
        if (direction.equals("left") || direction.equals("up")) {
            Collections.reverse(parts);
        }
        long spacing = Math.ceilDiv(inputs.get(SPACING_WIDTH), 2) * 2L;
        if (spacing > 0) {
            var shape = parts.getFirst().shape();
            shape[along] = spacing;
            shape[across] = Math.max(first.size(across), second.size(across));
            parts.add(1, spacing(color, shape));
        }
        return Outputs.of(Tensor.cat(parts, along));
    }

    private static Tensor lastRepeated(Tensor pictures, long batch) {
        long missing = batch - pictures.size(0);
        return missing == 0 ? pictures : Tensor.cat(List.of(pictures, pictures.narrow(0, -1, 1).repeat(missing, 1, 1, 1)), 0);
    }

    /** In their proportions, with the height of the others if they are to stand side by side, else the width. */
    private static Tensor matched(Tensor pictures, Tensor others, boolean sideways) {
        double aspect = (double) pictures.size(2) / pictures.size(1);
        int height = (int) (sideways ? others.size(1) : others.size(2) / aspect);
        int width = (int) (sideways ? others.size(1) * aspect : others.size(2));
        return Resize.resize(pictures.permute(0, 3, 1, 2), width, height, "lanczos", "disabled").permute(0, 2, 3, 1);
    }

    private static Tensor padded(Tensor pictures, int dim, long size, double level) {
        long missing = size - pictures.size(dim);
        if (missing == 0) {
            return pictures;
        }
        long before = missing / 2;
        return dim == 1
                ? pictures.pad("constant", level, 0, 0, 0, 0, before, missing - before)
                : pictures.pad("constant", level, 0, 0, before, missing - before);
    }

    private static Tensor withChannels(Tensor pictures, long channels) {
        return pictures.pad("constant", 1, 0, channels - pictures.size(3));
    }

    /** @param shape whose channels after the third are opaque */
    private static Tensor spacing(String color, long[] shape) {
        var levels = new float[(int) shape[3]];
        Arrays.fill(levels, 1);
        for (int i = 0; i < Math.min(3, levels.length); i++) {
            levels[i] = color.equals("white") || PRIMARIES.indexOf(color) == i ? 1 : 0;
        }
        return Tensor.of(levels, 1, 1, 1, levels.length).repeat(shape[0], shape[1], shape[2], 1);
    }
}
