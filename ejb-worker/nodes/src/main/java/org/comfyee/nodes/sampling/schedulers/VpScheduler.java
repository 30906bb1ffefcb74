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

/** Sigmas of a variance-preserving process. */
public final class VpScheduler implements Node {
    private static final Input<Integer> STEPS = Input.integer("steps").defaultTo(20).range(1, 10000);
    private static final Input<Double> BETA_D = Input.floating("beta_d").defaultTo(19.9).range(0.0, 5000.0).step(0.01).with("round", false);
    private static final Input<Double> BETA_MIN = Input.floating("beta_min").defaultTo(0.1).range(0.0, 5000.0).step(0.01).with("round", false);
    private static final Input<Double> EPS_S = Input.floating("eps_s").defaultTo(0.001).range(0.0, 1.0).step(0.0001).with("round", false);

    private static final NodeDefinition DEFINITION = node("VPScheduler")
            .category("sampling/custom_sampling/schedulers")
            .module("comfy_extras.nodes_custom_sampler")
            .inputs(STEPS, BETA_D, BETA_MIN, EPS_S)
            .outputs(Types.SIGMAS)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        Torch.loadConfigured();
        return Outputs.of((Object) Sigmas.variancePreserving(inputs.get(STEPS), inputs.get(BETA_D), inputs.get(BETA_MIN), inputs.get(EPS_S)));
    }
}
