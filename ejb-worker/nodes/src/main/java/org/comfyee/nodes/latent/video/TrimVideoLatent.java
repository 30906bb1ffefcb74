package org.comfyee.nodes.latent.video;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Latent;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Films without their first frames, counted in frames of the latents. */
public final class TrimVideoLatent implements Node {
    private static final Input<Latent> SAMPLES = Input.of("samples", Types.LATENT);
    private static final Input<Integer> TRIM_AMOUNT = Input.integer("trim_amount").defaultTo(0).range(0, 99999);

    private static final NodeDefinition DEFINITION = node("TrimVideoLatent")
            .schema()
            .category("latent/video")
            .module("comfy_extras.nodes_wan")
            .inputs(SAMPLES, TRIM_AMOUNT)
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
        long cut = Math.min(inputs.get(TRIM_AMOUNT), samples.size(2));
        return Outputs.of(latent.withSamples(samples.narrow(2, cut, samples.size(2) - cut)));
    }
}
