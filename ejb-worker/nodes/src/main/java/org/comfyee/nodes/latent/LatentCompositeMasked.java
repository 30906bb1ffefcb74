package org.comfyee.nodes.latent;

import static org.comfyee.nodes.Latent.SCALE;
import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Latent;
import org.comfyee.nodes.Types;
import org.comfyee.nodes.image.Compositing;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Latents laid over others. */
public final class LatentCompositeMasked implements Node {
    private static final Input<Latent> DESTINATION = Input.of("destination", Types.LATENT);
    private static final Input<Latent> SOURCE = Input.of("source", Types.LATENT);
    private static final Input<Integer> X = Input.integer("x").defaultTo(0).range(0, Types.MAX_RESOLUTION).step(8);
    private static final Input<Integer> Y = Input.integer("y").defaultTo(0).range(0, Types.MAX_RESOLUTION).step(8);
    private static final Input<Boolean> RESIZE_SOURCE = Input.bool("resize_source").defaultTo(false);
    private static final Input<Tensor> MASK = Input.of("mask", Types.MASK).optional();

    private static final NodeDefinition DEFINITION = node("LatentCompositeMasked")
            .category("latent")
            .module("comfy_extras.nodes_mask")
            .inputs(DESTINATION, SOURCE, X, Y, RESIZE_SOURCE, MASK)
            .outputs(Types.LATENT)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var destination = inputs.get(DESTINATION);
        var result = Compositing.over(destination.samples(), inputs.get(SOURCE).samples(), inputs.get(X) / SCALE, inputs.get(Y) / SCALE,
                inputs.get(RESIZE_SOURCE), inputs.find(MASK));
        return Outputs.of(destination.withSamples(result));
    }
}
