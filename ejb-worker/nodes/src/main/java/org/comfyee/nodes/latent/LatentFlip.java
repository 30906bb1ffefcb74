package org.comfyee.nodes.latent;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import org.comfyee.nodes.Latent;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Mirror images of latents. */
public final class LatentFlip implements Node {
    private static final Input<Latent> SAMPLES = Input.of("samples", Types.LATENT);
    private static final Input<String> FLIP_METHOD = Input.combo("flip_method", List.of("x-axis: vertically", "y-axis: horizontally"));

    private static final NodeDefinition DEFINITION = node("LatentFlip")
            .displayName("Flip Latent")
            .category("latent/transform")
            .inputs(SAMPLES, FLIP_METHOD)
            .outputs(Types.LATENT)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var latent = inputs.get(SAMPLES);
        return Outputs.of(latent.withSamples(latent.samples().flip(inputs.get(FLIP_METHOD).startsWith("x") ? 2 : 3)));
    }
}
