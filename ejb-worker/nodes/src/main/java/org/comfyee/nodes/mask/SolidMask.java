package org.comfyee.nodes.mask;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Types;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.Torch;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A mask that covers everywhere alike. */
public final class SolidMask implements Node {
    private static final Input<Double> VALUE = Input.floating("value").defaultTo(1.0).range(0.0, 1.0).step(0.01);
    private static final Input<Integer> WIDTH = Input.integer("width").defaultTo(512).range(1, Types.MAX_RESOLUTION).step(1);
    private static final Input<Integer> HEIGHT = Input.integer("height").defaultTo(512).range(1, Types.MAX_RESOLUTION).step(1);

    private static final NodeDefinition DEFINITION = node("SolidMask")
            .category("mask")
            .module("comfy_extras.nodes_mask")
            .inputs(VALUE, WIDTH, HEIGHT)
            .outputs(Types.MASK)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        Torch.loadConfigured();
        return Outputs.of(Tensor.full(inputs.get(VALUE), ScalarType.FLOAT32, 1, inputs.get(HEIGHT), inputs.get(WIDTH)));
    }
}
