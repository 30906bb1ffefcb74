package org.comfyee.nodes.utils.string;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.workflow.node.DataType;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Two texts with something between them. */
public final class StringConcatenate implements Node {
    private static final Input<String> STRING_A = Input.string("string_a").with("multiline", true);
    private static final Input<String> STRING_B = Input.string("string_b").with("multiline", true);
    private static final Input<String> DELIMITER = Input.string("delimiter").defaultTo("");

    private static final NodeDefinition DEFINITION = node("StringConcatenate")
            .schema()
            .displayName("Concatenate")
            .category("utils/string")
            .module("comfy_extras.nodes_string")
            .inputs(STRING_A, STRING_B, DELIMITER)
            .outputs(DataType.STRING)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(String.join(inputs.get(DELIMITER), inputs.get(STRING_A), inputs.get(STRING_B)));
    }
}
