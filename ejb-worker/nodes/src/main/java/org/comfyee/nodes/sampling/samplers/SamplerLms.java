package org.comfyee.nodes.sampling.samplers;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.sampling.ConfiguredSamplers;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** The linear multistep method. */
public final class SamplerLms implements Node {
    private static final Input<Integer> ORDER = Input.integer("order").defaultTo(4).range(1, 100);

    private static final NodeDefinition DEFINITION = node("SamplerLMS")
            .category("sampling/custom_sampling/samplers")
            .module("comfy_extras.nodes_custom_sampler")
            .inputs(ORDER)
            .outputs(Types.SAMPLER)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(ConfiguredSamplers.lms(inputs.get(ORDER)));
    }
}
