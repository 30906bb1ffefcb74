package org.comfyee.nodes.utils.string;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.regex.PatternSyntaxException;
import org.comfyee.workflow.node.DataType;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Output;
import org.comfyee.workflow.node.Outputs;

/** Whether a regular expression matches somewhere in a text. */
public final class RegexMatch implements Node {
    private static final Input<String> STRING = Input.string("string").with("multiline", true);
    private static final Input<String> REGEX_PATTERN = Input.string("regex_pattern").with("multiline", true);
    private static final Input<Boolean> CASE_INSENSITIVE = Input.bool("case_insensitive").defaultTo(true);
    private static final Input<Boolean> MULTILINE = Input.bool("multiline").defaultTo(false);
    private static final Input<Boolean> DOTALL = Input.bool("dotall").defaultTo(false);

    private static final NodeDefinition DEFINITION = node("RegexMatch")
            .schema()
            .displayName("Regex Match")
            .category("utils/string")
            .module("comfy_extras.nodes_string")
            .inputs(STRING, REGEX_PATTERN, CASE_INSENSITIVE, MULTILINE, DOTALL)
            .outputs(Output.of(DataType.BOOLEAN).named("matches"))
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        try {
            var pattern = PythonPattern.compile(inputs.get(REGEX_PATTERN), inputs.get(CASE_INSENSITIVE), inputs.get(MULTILINE), inputs.get(DOTALL));
            return Outputs.of(pattern.matcher(inputs.get(STRING), context).find());
        } catch (PatternSyntaxException e) {
            return Outputs.of(false);
        }
    }
}
