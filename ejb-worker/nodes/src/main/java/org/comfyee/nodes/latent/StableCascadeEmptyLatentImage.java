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
import org.comfyee.workflow.node.Output;
import org.comfyee.workflow.node.Outputs;

/** Latents of nothing for both stages of Stable Cascade. */
public final class StableCascadeEmptyLatentImage implements Node {
    private static final int SMALL_CHANNELS = 16;
    private static final int LARGE_CHANNELS = 4;
    private static final int LARGE_SCALE = 4;
    private static final Input<Integer> WIDTH = Input.integer("width").defaultTo(1024).range(256, Types.MAX_RESOLUTION).step(8);
    private static final Input<Integer> HEIGHT = Input.integer("height").defaultTo(1024).range(256, Types.MAX_RESOLUTION).step(8);
    private static final Input<Integer> COMPRESSION = Input.integer("compression").defaultTo(42).range(4, 128).step(1);
    private static final Input<Integer> BATCH_SIZE = Input.integer("batch_size").defaultTo(1).range(1, 4096);

    private static final NodeDefinition DEFINITION = node("StableCascade_EmptyLatentImage")
            .schema()
            .category("latent/stable_cascade")
            .module("comfy_extras.nodes_stable_cascade")
            .inputs(WIDTH, HEIGHT, COMPRESSION, BATCH_SIZE)
            .outputs(Output.of(Types.LATENT).named("stage_c"), Output.of(Types.LATENT).named("stage_b"))
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        Torch.loadConfigured();
        int batch = inputs.get(BATCH_SIZE);
        int height = inputs.get(HEIGHT);
        int width = inputs.get(WIDTH);
        int compression = inputs.get(COMPRESSION);
        var small = Tensor.zeros(ScalarType.FLOAT32, batch, SMALL_CHANNELS, height / compression, width / compression);
        var large = Tensor.zeros(ScalarType.FLOAT32, batch, LARGE_CHANNELS, height / LARGE_SCALE, width / LARGE_SCALE);
        return Outputs.of(Latent.of(small), Latent.of(large));
    }
}
