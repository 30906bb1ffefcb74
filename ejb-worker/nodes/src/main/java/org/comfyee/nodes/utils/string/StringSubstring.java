package org.comfyee.nodes.utils.string;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.workflow.node.DataType;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A part of a text; negative positions count from its end. */
public final class StringSubstring implements Node {
    private static final Input<String> STRING = Input.string("string").with("multiline", true);
    private static final Input<Long> START = Input.longInteger("start");
    private static final Input<Long> END = Input.longInteger("end");

    private static final NodeDefinition DEFINITION = node("StringSubstring")
            .schema()
            .displayName("Substring")
            .category("utils/string")
            .module("comfy_extras.nodes_string")
            .inputs(STRING, START, END)
            .outputs(DataType.STRING)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(PythonStrings.slice(inputs.get(STRING), inputs.get(START), inputs.get(END)));
    }
}
