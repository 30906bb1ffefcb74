package org.comfyee.nodes.utils.string;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.workflow.node.DataType;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A text in which other texts take the place of what a regular expression matches. */
public final class RegexReplace implements Node {
    private static final Input<String> STRING = Input.string("string").with("multiline", true);
    private static final Input<String> REGEX_PATTERN = Input.string("regex_pattern").with("multiline", true);
    private static final Input<String> REPLACE = Input.string("replace").with("multiline", true);
    private static final Input<Boolean> CASE_INSENSITIVE = Input.bool("case_insensitive").defaultTo(true).optional();
    private static final Input<Boolean> MULTILINE = Input.bool("multiline").defaultTo(false).optional();
    private static final Input<Boolean> DOTALL = Input.bool("dotall").defaultTo(false).optional()
            .tooltip("When enabled, the dot (.) character will match any character including newline characters. When "
                    + "disabled, dots won't match newlines.");
    private static final Input<Integer> COUNT = Input.integer("count").defaultTo(0).range(0, 100).optional()
            .tooltip("Maximum number of replacements to make. Set to 0 to replace all occurrences (default). Set to 1 to "
                    + "replace only the first match, 2 for the first two matches, etc.");

    private static final NodeDefinition DEFINITION = node("RegexReplace")
            .schema()
            .displayName("Regex Replace")
            .category("utils/string")
            .description("Find and replace text using regex patterns.")
            .module("comfy_extras.nodes_string")
            .inputs(STRING, REGEX_PATTERN, REPLACE, CASE_INSENSITIVE, MULTILINE, DOTALL, COUNT)
            .outputs(DataType.STRING)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var pattern = PythonPattern.compile(inputs.get(REGEX_PATTERN), inputs.find(CASE_INSENSITIVE).orElse(true),
                inputs.find(MULTILINE).orElse(false), inputs.find(DOTALL).orElse(false));
        return Outputs.of(new PythonReplacement(inputs.get(REPLACE), pattern).applyTo(inputs.get(STRING), inputs.find(COUNT).orElse(0), context));
    }
}
