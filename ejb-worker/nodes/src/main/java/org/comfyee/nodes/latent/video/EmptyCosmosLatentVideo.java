package org.comfyee.nodes.latent.video;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Latents of nothing for films of Cosmos. */
public final class EmptyCosmosLatentVideo implements Node {
    private static final FilmLatents FILM = new FilmLatents(16, 8, 8);
    private static final Input<Integer> WIDTH = Input.integer("width").defaultTo(1280).range(16, Types.MAX_RESOLUTION).step(16);
    private static final Input<Integer> HEIGHT = Input.integer("height").defaultTo(704).range(16, Types.MAX_RESOLUTION).step(16);
    private static final Input<Integer> LENGTH = Input.integer("length").defaultTo(121).range(1, Types.MAX_RESOLUTION).step(8);
    private static final Input<Integer> BATCH_SIZE = Input.integer("batch_size").defaultTo(1).range(1, 4096);

    private static final NodeDefinition DEFINITION = node("EmptyCosmosLatentVideo")
            .schema()
            .category("latent/video")
            .module("comfy_extras.nodes_cosmos")
            .inputs(WIDTH, HEIGHT, LENGTH, BATCH_SIZE)
            .outputs(Types.LATENT)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(FILM.empty(inputs.get(BATCH_SIZE), inputs.get(LENGTH), inputs.get(HEIGHT), inputs.get(WIDTH)));
    }
}
