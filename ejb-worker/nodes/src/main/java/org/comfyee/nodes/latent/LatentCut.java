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

/** A stretch of latents; a negative index counts from the end. */
public final class LatentCut implements Node {
    private static final Input<Latent> SAMPLES = Input.of("samples", Types.LATENT);
    private static final Input<String> DIM = Input.combo("dim", List.of("x", "y", "t"));
    private static final Input<Integer> INDEX = Input.integer("index").defaultTo(0).range(-16384, Types.MAX_RESOLUTION).step(1);
    private static final Input<Integer> AMOUNT = Input.integer("amount").defaultTo(1).range(1, Types.MAX_RESOLUTION).step(1);

    private static final NodeDefinition DEFINITION = node("LatentCut")
            .schema()
            .category("latent/advanced")
            .module("comfy_extras.nodes_latent")
            .inputs(SAMPLES, DIM, INDEX, AMOUNT)
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
        int dim = LatentShapes.dim(inputs.get(DIM));
        long size = samples.size(dim);
        int index = inputs.get(INDEX);
        long from = index < 0 ? Math.max(0, size + index) : Math.min(index, size - 1);
        return Outputs.of(latent.withSamples(samples.narrow(dim, from, Math.min(size - from, inputs.get(AMOUNT)))));
    }
}
