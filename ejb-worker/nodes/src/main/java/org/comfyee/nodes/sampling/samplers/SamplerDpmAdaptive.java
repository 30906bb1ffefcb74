package org.comfyee.nodes.sampling.samplers;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.sampling.ConfiguredSamplers;
import org.comfyee.diffusion.sampling.DpmSolvers;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** DPM-Solver with steps by estimated error. */
public final class SamplerDpmAdaptive implements Node {
    private static final Input<Integer> ORDER = Input.integer("order").defaultTo(3).range(2, 3);
    private static final Input<Double> RTOL = Input.floating("rtol").defaultTo(0.05).range(0.0, 100.0).step(0.01).with("round", false);
    private static final Input<Double> ATOL = Input.floating("atol").defaultTo(0.0078).range(0.0, 100.0).step(0.01).with("round", false);
    private static final Input<Double> H_INIT = Input.floating("h_init").defaultTo(0.05).range(0.0, 100.0).step(0.01).with("round", false);
    private static final Input<Double> PCOEFF = Input.floating("pcoeff").defaultTo(0.0).range(0.0, 100.0).step(0.01).with("round", false);
    private static final Input<Double> ICOEFF = Input.floating("icoeff").defaultTo(1.0).range(0.0, 100.0).step(0.01).with("round", false);
    private static final Input<Double> DCOEFF = Input.floating("dcoeff").defaultTo(0.0).range(0.0, 100.0).step(0.01).with("round", false);
    private static final Input<Double> ACCEPT_SAFETY = Input.floating("accept_safety").defaultTo(0.81).range(0.0, 100.0).step(0.01).with("round", false);
    private static final Input<Double> ETA = Input.floating("eta").defaultTo(0.0).range(0.0, 100.0).step(0.01).with("round", false);
    private static final Input<Double> S_NOISE = Input.floating("s_noise").defaultTo(1.0).range(0.0, 100.0).step(0.01).with("round", false);

    private static final NodeDefinition DEFINITION = node("SamplerDPMAdaptative")
            .category("sampling/custom_sampling/samplers")
            .module("comfy_extras.nodes_custom_sampler")
            .inputs(ORDER, RTOL, ATOL, H_INIT, PCOEFF, ICOEFF, DCOEFF, ACCEPT_SAFETY, ETA, S_NOISE)
            .outputs(Types.SAMPLER)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(ConfiguredSamplers.dpmAdaptive(new DpmSolvers.Adaptive(inputs.get(ORDER), inputs.get(RTOL), inputs.get(ATOL),
                inputs.get(H_INIT), inputs.get(PCOEFF), inputs.get(ICOEFF), inputs.get(DCOEFF), inputs.get(ACCEPT_SAFETY), inputs.get(ETA),
                inputs.get(S_NOISE))));
    }
}
