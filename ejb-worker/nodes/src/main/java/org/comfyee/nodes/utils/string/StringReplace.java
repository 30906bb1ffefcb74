package org.comfyee.nodes.utils.string;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.workflow.node.DataType;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A text in which another takes the place of each occurrence of a third. */
public final class StringReplace implements Node {
    private static final Input<String> STRING = Input.string("string").with("multiline", true);
    private static final Input<String> FIND = Input.string("find").with("multiline", true);
    private static final Input<String> REPLACE = Input.string("replace").with("multiline", true);

    private static final NodeDefinition DEFINITION = node("StringReplace")
            .schema()
            .displayName("Replace")
            .category("utils/string")
            .module("comfy_extras.nodes_string")
            .inputs(STRING, FIND, REPLACE)
            .outputs(DataType.STRING)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(PythonStrings.replaced(inputs.get(STRING), inputs.get(FIND), inputs.get(REPLACE)));
    }
}
