package org.comfyee.nodes.sampling.samplers;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import org.comfyee.diffusion.sampling.ConfiguredSamplers;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** The stochastic DPM-Solver++ in single steps. */
public final class SamplerDpmPlusPlusSde implements Node {
    private static final Input<Double> ETA = Input.floating("eta").defaultTo(1.0).range(0.0, 100.0).step(0.01).with("round", false);
    private static final Input<Double> S_NOISE = Input.floating("s_noise").defaultTo(1.0).range(0.0, 100.0).step(0.01).with("round", false);
    private static final Input<Double> R = Input.floating("r").defaultTo(0.5).range(0.0, 100.0).step(0.01).with("round", false);
    private static final Input<String> NOISE_DEVICE = Input.combo("noise_device", List.of("gpu", "cpu"));

    private static final NodeDefinition DEFINITION = node("SamplerDPMPP_SDE")
            .category("sampling/custom_sampling/samplers")
            .module("comfy_extras.nodes_custom_sampler")
            .inputs(ETA, S_NOISE, R, NOISE_DEVICE)
            .outputs(Types.SAMPLER)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(ConfiguredSamplers.dpmPlusPlusSde(inputs.get(ETA), inputs.get(S_NOISE), inputs.get(R)));
    }
}
