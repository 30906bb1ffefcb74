package org.comfyee.nodes.utils.primitive;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.workflow.node.DataType;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Yes or no. */
public final class PrimitiveBoolean implements Node {
    private static final Input<Boolean> VALUE = Input.bool("value");

    private static final NodeDefinition DEFINITION = node("PrimitiveBoolean")
            .schema()
            .displayName("Boolean")
            .category("utils/primitive")
            .module("comfy_extras.nodes_primitive")
            .inputs(VALUE)
            .outputs(DataType.BOOLEAN)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(inputs.get(VALUE));
    }
}
