package org.comfyee.nodes.model;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/**
 * The same model. Workflows ask for a compiler of Python's operations here, for speed alone; there are no such operations to
 * compile, and what the model computes is the same with and without.
 */
public final class TorchCompileModel implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<String> BACKEND = Input.combo("backend", List.of("inductor", "cudagraphs"));

    private static final NodeDefinition DEFINITION = node("TorchCompileModel")
            .schema()
            .category("_for_testing")
            .module("comfy_extras.nodes_torch_compile")
            .experimental()
            .inputs(MODEL, BACKEND)
            .outputs(Types.MODEL)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(inputs.get(MODEL));
    }
}
