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

/** Whether a text equals another, or begins or ends with it. */
public final class StringCompare implements Node {
    private static final Input<String> STRING_A = Input.string("string_a").with("multiline", true);
    private static final Input<String> STRING_B = Input.string("string_b").with("multiline", true);
    private static final Input<String> MODE = Input.combo("mode", List.of("Starts With", "Ends With", "Equal"));
    private static final Input<Boolean> CASE_SENSITIVE = Input.bool("case_sensitive").defaultTo(true);

    private static final NodeDefinition DEFINITION = node("StringCompare")
            .schema()
            .displayName("Compare")
            .category("utils/string")
            .module("comfy_extras.nodes_string")
            .inputs(STRING_A, STRING_B, MODE, CASE_SENSITIVE)
            .outputs(DataType.BOOLEAN)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        boolean exact = inputs.get(CASE_SENSITIVE);
        var a = exact ? inputs.get(STRING_A) : PythonStrings.lower(inputs.get(STRING_A));
        var b = exact ? inputs.get(STRING_B) : PythonStrings.lower(inputs.get(STRING_B));
        return Outputs.of(switch (inputs.get(MODE)) {
            case "Starts With" -> a.startsWith(b);
            case "Ends With" -> a.endsWith(b);
            default -> a.equals(b);
        });
    }
}
