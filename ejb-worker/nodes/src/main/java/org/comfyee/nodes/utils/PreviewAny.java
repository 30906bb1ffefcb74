package org.comfyee.nodes.utils;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import java.util.Map;
import org.comfyee.workflow.json.Json;
import org.comfyee.workflow.json.PythonText;
import org.comfyee.workflow.node.DataType;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Shows a value as text. */
public final class PreviewAny implements Node {
    private static final Input<Object> SOURCE = Input.of("source", DataType.ANY).typed();

    private static final NodeDefinition DEFINITION = node("PreviewAny")
            .displayName("Preview Any")
            .category("utils")
            .module("comfy_extras.nodes_preview_any")
            .inputs(SOURCE)
            .outputNode()
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.ui(Map.of("text", List.of(inputs.find(SOURCE).map(PreviewAny::shown).orElse("None"))));
    }

    private static String shown(Object value) {
        if (value instanceof String || value instanceof Number || value instanceof Boolean) {
            return PythonText.str(value);
        }
        try {
            return Json.write(value);
        } catch (IllegalArgumentException e) {
            return String.valueOf(value);
        }
    }
}
