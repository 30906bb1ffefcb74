package org.comfyee.nodes.latent;

import static org.comfyee.nodes.Latent.SCALE;
import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Latent;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A rectangle of latents. */
public final class LatentCrop implements Node {
    private static final Input<Latent> SAMPLES = Input.of("samples", Types.LATENT);
    private static final Input<Integer> WIDTH = Input.integer("width").defaultTo(512).range(64, Types.MAX_RESOLUTION).step(8);
    private static final Input<Integer> HEIGHT = Input.integer("height").defaultTo(512).range(64, Types.MAX_RESOLUTION).step(8);
    private static final Input<Integer> X = Input.integer("x").defaultTo(0).range(0, Types.MAX_RESOLUTION).step(8);
    private static final Input<Integer> Y = Input.integer("y").defaultTo(0).range(0, Types.MAX_RESOLUTION).step(8);

    private static final NodeDefinition DEFINITION = node("LatentCrop")
            .displayName("Crop Latent")
            .category("latent/transform")
            .inputs(SAMPLES, WIDTH, HEIGHT, X, Y)
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
        // At least 64 pixels are left, unless there were fewer.
        long x = Math.max(0, Math.min(inputs.get(X) / SCALE, samples.size(3) - 8));
        long y = Math.max(0, Math.min(inputs.get(Y) / SCALE, samples.size(2) - 8));
        long width = Math.min(inputs.get(WIDTH) / SCALE, samples.size(3) - x);
        long height = Math.min(inputs.get(HEIGHT) / SCALE, samples.size(2) - y);
        return Outputs.of(latent.withSamples(samples.narrow(2, y, height).narrow(3, x, width)));
    }
}
