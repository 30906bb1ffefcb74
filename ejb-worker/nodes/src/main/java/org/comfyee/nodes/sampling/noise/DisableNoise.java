package org.comfyee.nodes.sampling.noise;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.LatentNoise;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** No noise. */
public final class DisableNoise implements Node {
    private static final NodeDefinition DEFINITION = node("DisableNoise")
            .category("sampling/custom_sampling/noise")
            .module("comfy_extras.nodes_custom_sampler")
            .outputs(Types.NOISE)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(LatentNoise.NONE);
    }
}
