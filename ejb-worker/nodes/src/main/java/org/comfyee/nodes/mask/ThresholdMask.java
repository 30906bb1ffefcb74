package org.comfyee.nodes.mask;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Types;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Covers fully where a mask covers more than a threshold, and nowhere else. */
public final class ThresholdMask implements Node {
    private static final Input<Tensor> MASK = Input.of("mask", Types.MASK);
    private static final Input<Double> VALUE = Input.floating("value").defaultTo(0.5).range(0.0, 1.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("ThresholdMask")
            .category("mask")
            .module("comfy_extras.nodes_mask")
            .inputs(MASK, VALUE)
            .outputs(Types.MASK)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(inputs.get(MASK).gt(inputs.get(VALUE)).to(ScalarType.FLOAT32));
    }
}
