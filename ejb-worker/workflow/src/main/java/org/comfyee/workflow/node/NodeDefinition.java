package org.comfyee.workflow.node;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.comfyee.workflow.files.Folders;

/** What a node is called, takes and gives: all that validation, execution and clients need to know of it. */
public final class NodeDefinition {
    private final Builder built;
    private final Map<String, Input<?>> byName = new LinkedHashMap<>();

    private NodeDefinition(Builder built) {
        this.built = built;
        // Required inputs come first, as clients list them.
        built.inputs.stream().filter(Input::isRequired).forEach(input -> byName.put(input.name(), input));
        built.inputs.stream().filter(input -> !input.isRequired()).forEach(input -> byName.put(input.name(), input));
    }

    /** @param name by which prompts call it ({@code class_type}); no two nodes share one */
    public static Builder node(String name) {
        return new Builder(name);
    }

    public String name() {
        return built.name;
    }

    /** The inputs by name, required ones first. */
    public Map<String, Input<?>> inputs() {
        return Collections.unmodifiableMap(byName);
    }

    public Optional<Input<?>> input(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    public List<Hidden> hidden() {
        return built.hidden;
    }

    public List<Output> outputs() {
        return built.outputs;
    }

    /** Whether running the node is an end in itself, such as saving a picture. */
    public boolean isOutputNode() {
        return built.outputNode;
    }

    /** Whether the node takes whole lists in one call rather than one call for each element. */
    public boolean takesLists() {
        return built.takesLists;
    }

    /** Whether two such nodes with equal inputs must not share a result. */
    public boolean isIdempotent() {
        return built.idempotent && !built.hidden.contains(Hidden.UNIQUE_ID);
    }

    /** Whether it is published in the form of ComfyUI's newer node definitions, see {@link Builder#schema}. */
    public boolean isSchema() {
        return built.schema;
    }

    /** The node's entry in {@code /object_info}. */
    public Map<String, Object> toObjectInfo(Folders folders) {
        var info = new LinkedHashMap<String, Object>();
        var input = new LinkedHashMap<String, Object>();
        var order = new LinkedHashMap<String, Object>();
        describe("required", true, folders, input, order);
        describe("optional", false, folders, input, order);
        if (!built.hidden.isEmpty()) {
            var hidden = new LinkedHashMap<String, Object>();
            built.hidden.forEach(value -> hidden.put(value.inputName(), built.schema ? List.of(value.name()) : value.name()));
            input.put("hidden", hidden);
            order.put("hidden", List.copyOf(hidden.keySet()));
        }
        info.put("input", input);
        info.put("input_order", order);
        info.put("output", built.outputs.stream().map(Output::type).toList());
        info.put("output_is_list", built.outputs.stream().map(Output::list).toList());
        info.put("output_name", built.outputs.stream().map(Output::name).toList());
        info.put("name", built.name);
        info.put("display_name", built.displayName);
        info.put("description", built.description);
        info.put("python_module", built.module);
        info.put("category", built.category);
        info.put("output_node", built.outputNode);
        if (!built.outputTooltips.isEmpty()) {
            info.put("output_tooltips", built.outputTooltips);
        } else if (built.schema || built.outputs.stream().anyMatch(output -> output.tooltip().isPresent())) {
            info.put("output_tooltips", built.outputs.stream().map(output -> output.tooltip().orElse(null)).toList());
        }
        if (built.schema || built.deprecated) {
            info.put("deprecated", built.deprecated);
        }
        if (built.schema || built.experimental) {
            info.put("experimental", built.experimental);
        }
        if (built.schema) {
            info.put("api_node", false);
        }
        return info;
    }

    /** What clients are told of one of the inputs: its type, or choices, and its options. */
    public List<Object> specification(Input<?> input, Folders folders) {
        return input.specification(folders, built.schema);
    }

    private void describe(String section, boolean required, Folders folders, Map<String, Object> input, Map<String, Object> order) {
        var specifications = new LinkedHashMap<String, Object>();
        byName.values().stream()
                .filter(each -> each.isRequired() == required)
                .forEach(each -> specifications.put(each.name(), specification(each, folders)));
        // Classic definitions always have the section of required inputs.
        if (!specifications.isEmpty() || required && !built.schema) {
            input.put(section, specifications);
            order.put(section, List.copyOf(specifications.keySet()));
        }
    }

    /** Collects a definition. */
    public static final class Builder {
        private final String name;
        private String displayName;
        private String category = "sd";
        private String description = "";
        private String module = "nodes";
        private final List<Input<?>> inputs = new ArrayList<>();
        private List<Hidden> hidden = List.of();
        private List<Output> outputs = List.of();
        private List<String> outputTooltips = List.of();
        private boolean outputNode;
        private boolean takesLists;
        private boolean idempotent = true;
        private boolean deprecated;
        private boolean experimental;
        private boolean schema;

        private Builder(String name) {
            this.name = name;
            this.displayName = name;
        }

        public Builder displayName(String text) {
            displayName = text;
            return this;
        }

        public Builder category(String path) {
            category = path;
            return this;
        }

        public Builder description(String text) {
            description = text;
            return this;
        }

        /** Where ComfyUI keeps the node, for example {@code comfy_extras.nodes_mask}; clients group by it. */
        public Builder module(String path) {
            module = path;
            return this;
        }

        public Builder inputs(Input<?>... each) {
            inputs.addAll(List.of(each));
            return this;
        }

        public Builder hidden(Hidden... each) {
            hidden = List.of(each);
            return this;
        }

        public Builder outputs(DataType<?>... types) {
            outputs = List.of(types).stream().map(Output::of).toList();
            return this;
        }

        public Builder outputs(Output... each) {
            outputs = List.of(each);
            return this;
        }

        /** Published in place of the outputs' own, where there are not as many as outputs. */
        public Builder outputTooltips(String... texts) {
            outputTooltips = List.of(texts);
            return this;
        }

        public Builder outputNode() {
            outputNode = true;
            return this;
        }

        public Builder takesLists() {
            takesLists = true;
            return this;
        }

        public Builder notIdempotent() {
            idempotent = false;
            return this;
        }

        public Builder deprecated() {
            deprecated = true;
            return this;
        }

        public Builder experimental() {
            experimental = true;
            return this;
        }

        /**
         * Published in the form of ComfyUI's newer node definitions: every option is written out, combos are typed, and there
         * is no display name unless one is given afterwards.
         */
        public Builder schema() {
            schema = true;
            displayName = null;
            return this;
        }

        public NodeDefinition build() {
            return new NodeDefinition(this);
        }
    }
}
