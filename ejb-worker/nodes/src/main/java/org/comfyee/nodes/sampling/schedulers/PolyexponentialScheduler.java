package org.comfyee.nodes.sampling.schedulers;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.sampling.Sigmas;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Torch;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Sigmas exponential in a power of the way. */
public final class PolyexponentialScheduler implements Node {
    private static final Input<Integer> STEPS = Input.integer("steps").defaultTo(20).range(1, 10000);
    private static final Input<Double> SIGMA_MAX = Input.floating("sigma_max").defaultTo(14.614642).range(0.0, 5000.0).step(0.01).with("round", false);
    private static final Input<Double> SIGMA_MIN = Input.floating("sigma_min").defaultTo(0.0291675).range(0.0, 5000.0).step(0.01).with("round", false);
    private static final Input<Double> RHO = Input.floating("rho").defaultTo(1.0).range(0.0, 100.0).step(0.01).with("round", false);

    private static final NodeDefinition DEFINITION = node("PolyexponentialScheduler")
            .category("sampling/custom_sampling/schedulers")
            .module("comfy_extras.nodes_custom_sampler")
            .inputs(STEPS, SIGMA_MAX, SIGMA_MIN, RHO)
            .outputs(Types.SIGMAS)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        Torch.loadConfigured();
        return Outputs.of((Object) Sigmas.polyexponential(inputs.get(STEPS), inputs.get(SIGMA_MIN), inputs.get(SIGMA_MAX), inputs.get(RHO)));
    }
}
