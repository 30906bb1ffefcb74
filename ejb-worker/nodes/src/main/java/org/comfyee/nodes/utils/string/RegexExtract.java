package org.comfyee.nodes.utils.string;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.comfyee.workflow.node.DataType;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** What a regular expression matches in a text; nothing if the expression is wrong. */
public final class RegexExtract implements Node {
    private static final Input<String> STRING = Input.string("string").with("multiline", true);
    private static final Input<String> REGEX_PATTERN = Input.string("regex_pattern").with("multiline", true);
    private static final Input<String> MODE = Input.combo("mode", List.of("First Match", "All Matches", "First Group", "All Groups"));
    private static final Input<Boolean> CASE_INSENSITIVE = Input.bool("case_insensitive").defaultTo(true);
    private static final Input<Boolean> MULTILINE = Input.bool("multiline").defaultTo(false);
    private static final Input<Boolean> DOTALL = Input.bool("dotall").defaultTo(false);
    private static final Input<Integer> GROUP_INDEX = Input.integer("group_index").defaultTo(1).range(0, 100);

    private static final NodeDefinition DEFINITION = node("RegexExtract")
            .schema()
            .displayName("Regex Extract")
            .category("utils/string")
            .module("comfy_extras.nodes_string")
            .inputs(STRING, REGEX_PATTERN, MODE, CASE_INSENSITIVE, MULTILINE, DOTALL, GROUP_INDEX)
            .outputs(DataType.STRING)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        try {
            var pattern = PythonPattern.compile(inputs.get(REGEX_PATTERN), inputs.get(CASE_INSENSITIVE), inputs.get(MULTILINE), inputs.get(DOTALL));
            var matches = pattern.matcher(inputs.get(STRING), context).results().toList();
            int group = inputs.get(GROUP_INDEX);
            return Outputs.of(switch (inputs.get(MODE)) {
                case "First Match" -> joined(matches.stream().limit(1), 0);
                case "All Matches" -> joined(matches.stream(), matches.isEmpty() ? 0 : Math.min(1, matches.getFirst().groupCount()));
                case "First Group" -> joined(matches.stream().limit(1), group);
                case "All Groups" -> joined(matches.stream().filter(match -> match.groupCount() > 0), group);
                default -> "";
            });
        } catch (PatternSyntaxException e) {
            return Outputs.of("");
        }
    }

    private static String joined(Stream<MatchResult> matches, int group) {
        return matches.filter(match -> group <= match.groupCount())
                .map(match -> Objects.requireNonNullElse(match.group(group), ""))
                .collect(Collectors.joining("\n"));
    }
}
