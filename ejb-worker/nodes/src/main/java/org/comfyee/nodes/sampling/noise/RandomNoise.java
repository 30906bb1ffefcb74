package org.comfyee.nodes.sampling.noise;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.LatentNoise;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** The noise of a seed. */
public final class RandomNoise implements Node {
    private static final Input<Long> NOISE_SEED = Input.seed("noise_seed").with("control_after_generate", true);

    private static final NodeDefinition DEFINITION = node("RandomNoise")
            .category("sampling/custom_sampling/noise")
            .module("comfy_extras.nodes_custom_sampler")
            .inputs(NOISE_SEED)
            .outputs(Types.NOISE)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(new LatentNoise(inputs.get(NOISE_SEED), true));
    }
}
