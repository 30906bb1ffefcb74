package org.comfyee.nodes.sampling.samplers;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.sampling.Sampler;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A sampler by its name. */
public final class KSamplerSelect implements Node {
    private static final Input<String> SAMPLER_NAME = Input.combo("sampler_name", Sampler.NAMES);

    private static final NodeDefinition DEFINITION = node("KSamplerSelect")
            .category("sampling/custom_sampling/samplers")
            .module("comfy_extras.nodes_custom_sampler")
            .inputs(SAMPLER_NAME)
            .outputs(Types.SAMPLER)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(Sampler.named(inputs.get(SAMPLER_NAME)));
    }
}
