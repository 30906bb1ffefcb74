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

/** The sum of two latents. */
public final class LatentAdd implements Node {
    private static final Input<Latent> SAMPLES1 = Input.of("samples1", Types.LATENT);
    private static final Input<Latent> SAMPLES2 = Input.of("samples2", Types.LATENT);

    private static final NodeDefinition DEFINITION = node("LatentAdd")
            .schema()
            .category("latent/advanced")
            .module("comfy_extras.nodes_latent")
            .inputs(SAMPLES1, SAMPLES2)
            .outputs(Types.LATENT)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var first = inputs.get(SAMPLES1);
        return Outputs.of(first.withSamples(first.samples().add(LatentShapes.like(inputs.get(SAMPLES2).samples(), first.samples()))));
    }
}
