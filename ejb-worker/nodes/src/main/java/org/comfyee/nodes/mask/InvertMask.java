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

/** Covers what a mask leaves free. */
public final class InvertMask implements Node {
    private static final Input<Tensor> MASK = Input.of("mask", Types.MASK);

    private static final NodeDefinition DEFINITION = node("InvertMask")
            .category("mask")
            .module("comfy_extras.nodes_mask")
            .inputs(MASK)
            .outputs(Types.MASK)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(Masks.inverted(inputs.get(MASK)));
    }
}
