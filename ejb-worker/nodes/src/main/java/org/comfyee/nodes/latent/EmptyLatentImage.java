package org.comfyee.nodes.latent;

import static org.comfyee.nodes.Latent.SCALE;
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
import org.comfyee.workflow.node.Output;
import org.comfyee.workflow.node.Outputs;

/** Latents of nothing, to be filled by a sampler. */
public final class EmptyLatentImage implements Node {
    private static final int CHANNELS = 4;

    private static final Input<Integer> WIDTH = Input.integer("width").defaultTo(512).range(16, Types.MAX_RESOLUTION).step(8)
            .tooltip("The width of the latent images in pixels.");
    private static final Input<Integer> HEIGHT = Input.integer("height").defaultTo(512).range(16, Types.MAX_RESOLUTION).step(8)
            .tooltip("The height of the latent images in pixels.");
    private static final Input<Integer> BATCH_SIZE = Input.integer("batch_size").defaultTo(1).range(1, 4096)
            .tooltip("The number of latent images in the batch.");

    private static final NodeDefinition DEFINITION = node("EmptyLatentImage")
            .displayName("Empty Latent Image")
            .category("latent")
            .description("Create a new batch of empty latent images to be denoised via sampling.")
            .inputs(WIDTH, HEIGHT, BATCH_SIZE)
            .outputs(Output.of(Types.LATENT).tooltip("The empty latent image batch."))
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
