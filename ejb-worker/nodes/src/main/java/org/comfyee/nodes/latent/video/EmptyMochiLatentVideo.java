package org.comfyee.nodes.latent.video;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Latents of nothing for films of Mochi. */
public final class EmptyMochiLatentVideo implements Node {
    private static final FilmLatents FILM = new FilmLatents(12, 6, 8);
    private static final Input<Integer> WIDTH = Input.integer("width").defaultTo(848).range(16, Types.MAX_RESOLUTION).step(16);
    private static final Input<Integer> HEIGHT = Input.integer("height").defaultTo(480).range(16, Types.MAX_RESOLUTION).step(16);
    private static final Input<Integer> LENGTH = Input.integer("length").defaultTo(25).range(7, Types.MAX_RESOLUTION).step(6);
    private static final Input<Integer> BATCH_SIZE = Input.integer("batch_size").defaultTo(1).range(1, 4096);

    private static final NodeDefinition DEFINITION = node("EmptyMochiLatentVideo")
            .schema()
            .category("latent/video")
            .module("comfy_extras.nodes_mochi")
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
