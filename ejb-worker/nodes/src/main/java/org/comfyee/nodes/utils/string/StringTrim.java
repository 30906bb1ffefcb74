package org.comfyee.nodes.utils.string;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import org.comfyee.workflow.node.DataType;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A text without the space around it. */
public final class StringTrim implements Node {
    private static final Input<String> STRING = Input.string("string").with("multiline", true);
    private static final Input<String> MODE = Input.combo("mode", List.of("Both", "Left", "Right"));

    private static final NodeDefinition DEFINITION = node("StringTrim")
            .schema()
            .displayName("Trim")
            .category("utils/string")
            .module("comfy_extras.nodes_string")
            .inputs(STRING, MODE)
            .outputs(DataType.STRING)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var text = inputs.get(STRING);
        return Outputs.of(switch (inputs.get(MODE)) {
            case "Both" -> PythonStrings.strippedLeft(PythonStrings.strippedRight(text));
            case "Left" -> PythonStrings.strippedLeft(text);
            case "Right" -> PythonStrings.strippedRight(text);
            default -> text;
        });
    }
}
