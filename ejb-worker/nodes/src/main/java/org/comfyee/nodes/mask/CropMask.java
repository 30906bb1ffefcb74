package org.comfyee.nodes.mask;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A rectangle of a mask; what lies outside of the mask is left out. */
public final class CropMask implements Node {
    private static final Input<Tensor> MASK = Input.of("mask", Types.MASK);
    private static final Input<Integer> X = Input.integer("x").defaultTo(0).range(0, Types.MAX_RESOLUTION).step(1);
    private static final Input<Integer> Y = Input.integer("y").defaultTo(0).range(0, Types.MAX_RESOLUTION).step(1);
    private static final Input<Integer> WIDTH = Input.integer("width").defaultTo(512).range(1, Types.MAX_RESOLUTION).step(1);
    private static final Input<Integer> HEIGHT = Input.integer("height").defaultTo(512).range(1, Types.MAX_RESOLUTION).step(1);

    private static final NodeDefinition DEFINITION = node("CropMask")
            .category("mask")
            .module("comfy_extras.nodes_mask")
            .inputs(MASK, X, Y, WIDTH, HEIGHT)
            .outputs(Types.MASK)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var mask = Masks.batch(inputs.get(MASK));
        int x = inputs.get(X);
        int y = inputs.get(Y);
        long width = Math.min(inputs.get(WIDTH), mask.size(2) - x);
        long height = Math.min(inputs.get(HEIGHT), mask.size(1) - y);
        if (width <= 0 || height <= 0) {
            throw new IllegalArgumentException("the crop begins at " + x + ", " + y + ", expected a place inside of the mask, which has "
                    + mask.size(2) + " x " + mask.size(1) + " pixels");
        }
        return Outputs.of(mask.narrow(1, y, height).narrow(2, x, width));
    }
}
