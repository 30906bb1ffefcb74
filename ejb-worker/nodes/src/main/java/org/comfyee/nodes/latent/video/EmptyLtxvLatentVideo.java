package org.comfyee.nodes.latent.video;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Latent;
import org.comfyee.nodes.Types;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.Torch;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Latents of nothing for films of LTX-Video. */
public final class EmptyLtxvLatentVideo implements Node {
    private static final int CHANNELS = 128;
    /** How many frames of the film one frame of the latents stands for, after the first. */
    private static final int FRAMES = 8;
    private static final int SCALE = 32;
    private static final Input<Integer> WIDTH = Input.integer("width").defaultTo(768).range(64, Types.MAX_RESOLUTION).step(32);
    private static final Input<Integer> HEIGHT = Input.integer("height").defaultTo(512).range(64, Types.MAX_RESOLUTION).step(32);
    private static final Input<Integer> LENGTH = Input.integer("length").defaultTo(97).range(1, Types.MAX_RESOLUTION).step(8);
    private static final Input<Integer> BATCH_SIZE = Input.integer("batch_size").defaultTo(1).range(1, 4096);

    private static final NodeDefinition DEFINITION = node("EmptyLTXVLatentVideo")
            .schema()
            .category("latent/video/ltxv")
            .module("comfy_extras.nodes_lt")
            .inputs(WIDTH, HEIGHT, LENGTH, BATCH_SIZE)
            .outputs(Types.LATENT)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        Torch.loadConfigured();
        return Outputs.of(Latent.of(Tensor.zeros(ScalarType.FLOAT32, inputs.get(BATCH_SIZE), CHANNELS, (inputs.get(LENGTH) - 1) / FRAMES + 1,
                inputs.get(HEIGHT) / SCALE, inputs.get(WIDTH) / SCALE)));
    }
}
