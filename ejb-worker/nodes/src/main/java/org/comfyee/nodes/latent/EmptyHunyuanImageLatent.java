package org.comfyee.nodes.latent;

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

/** Latents of nothing with the 64 channels of Hunyuan Image. */
public final class EmptyHunyuanImageLatent implements Node {
    private static final int CHANNELS = 64;
    private static final int SCALE = 32;
    private static final Input<Integer> WIDTH = Input.integer("width").defaultTo(2048).range(64, Types.MAX_RESOLUTION).step(32);
    private static final Input<Integer> HEIGHT = Input.integer("height").defaultTo(2048).range(64, Types.MAX_RESOLUTION).step(32);
    private static final Input<Integer> BATCH_SIZE = Input.integer("batch_size").defaultTo(1).range(1, 4096);

    private static final NodeDefinition DEFINITION = node("EmptyHunyuanImageLatent")
            .category("latent")
            .module("comfy_extras.nodes_hunyuan")
            .inputs(WIDTH, HEIGHT, BATCH_SIZE)
            .outputs(Types.LATENT)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        Torch.loadConfigured();
        return Outputs.of(Latent.of(Tensor.zeros(ScalarType.FLOAT32, inputs.get(BATCH_SIZE), CHANNELS, inputs.get(HEIGHT) / SCALE,
                inputs.get(WIDTH) / SCALE)));
    }
}
