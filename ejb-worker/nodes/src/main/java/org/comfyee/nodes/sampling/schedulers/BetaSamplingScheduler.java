package org.comfyee.nodes.sampling.schedulers;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.sampling.Sigmas;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Quantiles of a beta distribution over a model's sigmas. */
public final class BetaSamplingScheduler implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<Integer> STEPS = Input.integer("steps").defaultTo(20).range(1, 10000);
    private static final Input<Double> ALPHA = Input.floating("alpha").defaultTo(0.6).range(0.0, 50.0).step(0.01).with("round", false);
    private static final Input<Double> BETA = Input.floating("beta").defaultTo(0.6).range(0.0, 50.0).step(0.01).with("round", false);

    private static final NodeDefinition DEFINITION = node("BetaSamplingScheduler")
            .category("sampling/custom_sampling/schedulers")
            .module("comfy_extras.nodes_custom_sampler")
            .inputs(MODEL, STEPS, ALPHA, BETA)
            .outputs(Types.SIGMAS)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of((Object) Sigmas.beta(inputs.get(MODEL).sampling(), inputs.get(STEPS), inputs.get(ALPHA), inputs.get(BETA)));
    }
}
