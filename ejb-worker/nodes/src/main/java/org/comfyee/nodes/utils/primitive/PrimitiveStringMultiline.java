package org.comfyee.nodes.utils.primitive;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.workflow.node.DataType;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A text of several lines. */
public final class PrimitiveStringMultiline implements Node {
    private static final Input<String> VALUE = Input.string("value").with("multiline", true);

    private static final NodeDefinition DEFINITION = node("PrimitiveStringMultiline")
            .schema()
            .displayName("String (Multiline)")
            .category("utils/primitive")
            .module("comfy_extras.nodes_primitive")
            .inputs(VALUE)
            .outputs(DataType.STRING)
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
