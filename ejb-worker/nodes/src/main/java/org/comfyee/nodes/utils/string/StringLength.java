package org.comfyee.nodes.utils.string;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.workflow.node.DataType;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Output;
import org.comfyee.workflow.node.Outputs;

/** How many characters a text has. */
public final class StringLength implements Node {
    private static final Input<String> STRING = Input.string("string").with("multiline", true);

    private static final NodeDefinition DEFINITION = node("StringLength")
            .schema()
            .displayName("Length")
            .category("utils/string")
            .module("comfy_extras.nodes_string")
            .inputs(STRING)
            .outputs(Output.of(DataType.INT).named("length"))
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of((long) PythonStrings.length(inputs.get(STRING)));
    }
}
