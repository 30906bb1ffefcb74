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

/** Whether a text occurs in another. */
public final class StringContains implements Node {
    private static final Input<String> STRING = Input.string("string").with("multiline", true);
    private static final Input<String> SUBSTRING = Input.string("substring").with("multiline", true);
    private static final Input<Boolean> CASE_SENSITIVE = Input.bool("case_sensitive").defaultTo(true);

    private static final NodeDefinition DEFINITION = node("StringContains")
            .schema()
            .displayName("Contains")
            .category("utils/string")
            .module("comfy_extras.nodes_string")
            .inputs(STRING, SUBSTRING, CASE_SENSITIVE)
            .outputs(Output.of(DataType.BOOLEAN).named("contains"))
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var text = inputs.get(STRING);
        var part = inputs.get(SUBSTRING);
        return Outputs.of(inputs.get(CASE_SENSITIVE) ? text.contains(part) : PythonStrings.lower(text).contains(PythonStrings.lower(part)));
    }
}
