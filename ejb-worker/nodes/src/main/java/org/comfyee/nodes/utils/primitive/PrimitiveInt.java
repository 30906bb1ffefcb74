package org.comfyee.nodes.utils.primitive;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.workflow.node.DataType;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** An integer. */
public final class PrimitiveInt implements Node {
    private static final Input<Long> VALUE = Input.longInteger("value").range(-Long.MAX_VALUE, Long.MAX_VALUE).with("control_after_generate", true);

    private static final NodeDefinition DEFINITION = node("PrimitiveInt")
            .schema()
            .displayName("Int")
            .category("utils/primitive")
            .module("comfy_extras.nodes_primitive")
            .inputs(VALUE)
            .outputs(DataType.INT)
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
