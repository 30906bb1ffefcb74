package org.comfyee.nodes.image;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.Torch;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Pictures of one colour. */
public final class EmptyImage implements Node {
    private static final Input<Integer> WIDTH = Input.integer("width").defaultTo(512).range(1, Types.MAX_RESOLUTION).step(1);
    private static final Input<Integer> HEIGHT = Input.integer("height").defaultTo(512).range(1, Types.MAX_RESOLUTION).step(1);
    private static final Input<Integer> BATCH_SIZE = Input.integer("batch_size").defaultTo(1).range(1, 4096);
    private static final Input<Integer> COLOR = Input.integer("color").defaultTo(0).range(0, 0xFFFFFF).step(1).with("display", "color");

    private static final NodeDefinition DEFINITION = node("EmptyImage")
            .category("image")
            .inputs(WIDTH, HEIGHT, BATCH_SIZE, COLOR)
            .outputs(Types.IMAGE)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        Torch.loadConfigured();
        int color = inputs.get(COLOR);
        var levels = new float[] {(color >> 16 & 0xff) / 255f, (color >> 8 & 0xff) / 255f, (color & 0xff) / 255f};
        return Outputs.of(Tensor.of(levels, 1, 1, 1, 3).repeat(inputs.get(BATCH_SIZE), inputs.get(HEIGHT), inputs.get(WIDTH), 1));
    }
}
