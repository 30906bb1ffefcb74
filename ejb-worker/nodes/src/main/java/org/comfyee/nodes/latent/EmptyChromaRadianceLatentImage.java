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

/** Pixels of nothing for Chroma Radiance, which works without an autoencoder. */
public final class EmptyChromaRadianceLatentImage implements Node {
    private static final int CHANNELS = 3;
    private static final Input<Integer> WIDTH = Input.integer("width").defaultTo(1024).range(16, Types.MAX_RESOLUTION).step(16);
    private static final Input<Integer> HEIGHT = Input.integer("height").defaultTo(1024).range(16, Types.MAX_RESOLUTION).step(16);
    private static final Input<Integer> BATCH_SIZE = Input.integer("batch_size").defaultTo(1).range(1, 4096);

    private static final NodeDefinition DEFINITION = node("EmptyChromaRadianceLatentImage")
            .schema()
            .category("latent/chroma_radiance")
            .module("comfy_extras.nodes_chroma_radiance")
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
        return Outputs.of(Latent.of(Tensor.zeros(ScalarType.FLOAT32, inputs.get(BATCH_SIZE), CHANNELS, inputs.get(HEIGHT), inputs.get(WIDTH))));
    }
}
