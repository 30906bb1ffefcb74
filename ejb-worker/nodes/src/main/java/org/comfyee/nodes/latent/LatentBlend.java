package org.comfyee.nodes.latent;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.Arrays;
import org.comfyee.nodes.Latent;
import org.comfyee.nodes.Types;
import org.comfyee.nodes.image.Resize;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Two latents mixed. */
public final class LatentBlend implements Node {
    private static final Input<Latent> SAMPLES1 = Input.of("samples1", Types.LATENT);
    private static final Input<Latent> SAMPLES2 = Input.of("samples2", Types.LATENT);
    private static final Input<Double> BLEND_FACTOR = Input.floating("blend_factor").defaultTo(0.5).range(0, 1).step(0.01);

    private static final NodeDefinition DEFINITION = node("LatentBlend")
            .displayName("Latent Blend")
            .category("_for_testing")
            .inputs(SAMPLES1, SAMPLES2, BLEND_FACTOR)
            .outputs(Types.LATENT)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var first = inputs.get(SAMPLES1);
        var under = first.samples();
        var over = inputs.get(SAMPLES2).samples();
        if (!Arrays.equals(under.shape(), over.shape())) {
            over = Resize.resize(over, (int) under.size(3), (int) under.size(2), "bicubic", "center");
        }
        double factor = inputs.get(BLEND_FACTOR);
        return Outputs.of(first.withSamples(under.mul(factor).add(over.mul(1 - factor))));
    }
}
