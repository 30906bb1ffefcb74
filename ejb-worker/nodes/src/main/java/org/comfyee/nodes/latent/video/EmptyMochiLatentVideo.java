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

/** Latents of nothing for films of Mochi. */
public final class EmptyMochiLatentVideo implements Node {
    private static final int CHANNELS = 12;
    /** How many frames of the film one frame of the latents stands for, after the first. */
    private static final int FRAMES = 6;
    private static final int SCALE = 8;
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
        Torch.loadConfigured();
        return Outputs.of(Latent.of(Tensor.zeros(ScalarType.FLOAT32, inputs.get(BATCH_SIZE), CHANNELS, (inputs.get(LENGTH) - 1) / FRAMES + 1,
                inputs.get(HEIGHT) / SCALE, inputs.get(WIDTH) / SCALE)));
    }
}
