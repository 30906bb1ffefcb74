package org.comfyee.nodes.latent;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Latent;
import org.comfyee.nodes.Types;
import org.comfyee.nodes.image.Resize;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Latents larger or smaller by a factor. */
public final class LatentUpscaleBy implements Node {
    private static final Input<Latent> SAMPLES = Input.of("samples", Types.LATENT);
    private static final Input<String> UPSCALE_METHOD = Input.combo("upscale_method", Resize.LATENT_METHODS);
    private static final Input<Double> SCALE_BY = Input.floating("scale_by").defaultTo(1.5).range(0.01, 8.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("LatentUpscaleBy")
            .displayName("Upscale Latent By")
            .category("latent")
            .inputs(SAMPLES, UPSCALE_METHOD, SCALE_BY)
            .outputs(Types.LATENT)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var latent = inputs.get(SAMPLES);
        var samples = latent.samples();
        return Outputs.of(latent.withSamples(Resize.by(samples, inputs.get(SCALE_BY), inputs.get(UPSCALE_METHOD))));
    }
}
