package org.comfyee.nodes.latent;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Latent;
import org.comfyee.nodes.Types;
import org.comfyee.nodes.image.Rotation;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Latents turned clockwise. */
public final class LatentRotate implements Node {
    private static final Input<Latent> SAMPLES = Input.of("samples", Types.LATENT);
    private static final Input<String> ROTATION = Input.combo("rotation", Rotation.NAMES);

    private static final NodeDefinition DEFINITION = node("LatentRotate")
            .displayName("Rotate Latent")
            .category("latent/transform")
            .inputs(SAMPLES, ROTATION)
            .outputs(Types.LATENT)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var latent = inputs.get(SAMPLES);
        return Outputs.of(latent.withSamples(latent.samples().rot90(Rotation.quarters(inputs.get(ROTATION)), 3, 2)));
    }
}
