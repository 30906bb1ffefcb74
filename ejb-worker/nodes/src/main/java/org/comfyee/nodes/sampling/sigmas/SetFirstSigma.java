package org.comfyee.nodes.sampling.sigmas;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Sigmas with another start. */
public final class SetFirstSigma implements Node {
    private static final Input<float[]> SIGMAS = Input.of("sigmas", Types.SIGMAS);
    private static final Input<Double> SIGMA = Input.floating("sigma").defaultTo(136.0).range(0.0, 20000.0).step(0.001).with("round", false);

    private static final NodeDefinition DEFINITION = node("SetFirstSigma")
            .category("sampling/custom_sampling/sigmas")
            .module("comfy_extras.nodes_custom_sampler")
            .inputs(SIGMAS, SIGMA)
            .outputs(Types.SIGMAS)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var sigmas = inputs.get(SIGMAS).clone();
        if (sigmas.length == 0) {
            throw new IllegalArgumentException("there are no sigmas whose first could be set to " + inputs.get(SIGMA));
        }
        sigmas[0] = inputs.get(SIGMA).floatValue();
        return Outputs.of((Object) sigmas);
    }
}
