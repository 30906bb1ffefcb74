package org.comfyee.nodes.latent;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Latent;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Latents times a number. */
public final class LatentMultiply implements Node {
    private static final Input<Latent> SAMPLES = Input.of("samples", Types.LATENT);
    private static final Input<Double> MULTIPLIER = Input.floating("multiplier").defaultTo(1.0).range(-10.0, 10.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("LatentMultiply")
            .schema()
            .category("latent/advanced")
            .module("comfy_extras.nodes_latent")
            .inputs(SAMPLES, MULTIPLIER)
            .outputs(Types.LATENT)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var latent = inputs.get(SAMPLES);
        return Outputs.of(latent.withSamples(latent.samples().mul(inputs.get(MULTIPLIER))));
    }
}
