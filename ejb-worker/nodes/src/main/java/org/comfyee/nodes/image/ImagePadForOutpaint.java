package org.comfyee.nodes.image;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Pictures with a grey margin, and a mask of what is to be painted there. */
public final class ImagePadForOutpaint implements Node {
    private static final double GREY = 0.5;

    private static final Input<Tensor> IMAGE = Input.of("image", Types.IMAGE);
    private static final Input<Integer> LEFT = Input.integer("left").defaultTo(0).range(0, Types.MAX_RESOLUTION).step(8);
    private static final Input<Integer> TOP = Input.integer("top").defaultTo(0).range(0, Types.MAX_RESOLUTION).step(8);
    private static final Input<Integer> RIGHT = Input.integer("right").defaultTo(0).range(0, Types.MAX_RESOLUTION).step(8);
    private static final Input<Integer> BOTTOM = Input.integer("bottom").defaultTo(0).range(0, Types.MAX_RESOLUTION).step(8);
    private static final Input<Integer> FEATHERING = Input.integer("feathering").defaultTo(40).range(0, Types.MAX_RESOLUTION).step(1);

    private static final NodeDefinition DEFINITION = node("ImagePadForOutpaint")
            .displayName("Pad Image for Outpainting")
            .category("image")
            .inputs(IMAGE, LEFT, TOP, RIGHT, BOTTOM, FEATHERING)
            .outputs(Types.IMAGE, Types.MASK)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var image = inputs.get(IMAGE);
        int left = inputs.get(LEFT);
        int top = inputs.get(TOP);
        int right = inputs.get(RIGHT);
        int bottom = inputs.get(BOTTOM);
        var padded = image.permute(0, 3, 1, 2).pad("constant", GREY, left, right, top, bottom).permute(0, 2, 3, 1).contiguous();
        var inside = feather((int) image.size(1), (int) image.size(2), left, top, right, bottom, inputs.get(FEATHERING));
        return Outputs.of(padded, inside.pad("constant", 1, left, right, top, bottom));
    }

    /** What of the picture is painted over near its padded sides, falling with the square of the distance; {@code [1, height, width]}. */
    private static Tensor feather(int height, int width, int left, int top, int right, int bottom, int feathering) {
        var mask = new float[height * width];
        if (feathering > 0 && feathering * 2 < height && feathering * 2 < width) {
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    int rows = Math.min(top == 0 ? height : y, bottom == 0 ? height : height - y);
                    int columns = Math.min(left == 0 ? width : x, right == 0 ? width : width - x);
                    double share = Math.max(0, feathering - Math.min(rows, columns)) / (double) feathering;
                    mask[y * width + x] = (float) (share * share);
                }
            }
        }
        return Tensor.of(mask, 1, height, width);
    }
}
