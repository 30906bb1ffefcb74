package org.comfyee.nodes.sampling.sigmas;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Sigmas in reverse, to go from a picture to noise. */
public final class FlipSigmas implements Node {
    private static final Input<float[]> SIGMAS = Input.of("sigmas", Types.SIGMAS);

    private static final NodeDefinition DEFINITION = node("FlipSigmas")
            .category("sampling/custom_sampling/sigmas")
            .module("comfy_extras.nodes_custom_sampler")
            .inputs(SIGMAS)
            .outputs(Types.SIGMAS)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var sigmas = inputs.get(SIGMAS);
        var flipped = new float[sigmas.length];
        for (int i = 0; i < sigmas.length; i++) {
            flipped[i] = sigmas[sigmas.length - 1 - i];
        }
        if (flipped.length > 0 && flipped[0] == 0) {
            // Samplers divide by the first one.
            flipped[0] = 0.0001f;
        }
        return Outputs.of((Object) flipped);
    }
}
