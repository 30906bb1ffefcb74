package org.comfyee.nodes.sampling.samplers;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import org.comfyee.diffusion.sampling.ConfiguredSamplers;
import org.comfyee.diffusion.sampling.Sampler;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** CFG++ (Chung et al. 2024) by Euler's method, or by one whose guess is moved once more away from the unwanted one. */
public final class SamplerEulerCfgPp implements Node {
    private static final Input<String> VERSION = Input.combo("version", List.of("regular", "alternative"));

    private static final NodeDefinition DEFINITION = node("SamplerEulerCFGpp")
            .schema()
            .displayName("SamplerEulerCFG++")
            .category("_for_testing")
            .module("comfy_extras.nodes_advanced_samplers")
            .experimental()
            .inputs(VERSION)
            .outputs(Types.SAMPLER)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(inputs.get(VERSION).equals("alternative") ? ConfiguredSamplers.eulerCfgPpAlternative() : Sampler.EULER_CFG_PP);
    }
}
