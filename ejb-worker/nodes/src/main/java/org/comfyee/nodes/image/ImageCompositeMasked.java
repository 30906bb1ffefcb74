package org.comfyee.nodes.image;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Pictures laid over others. */
public final class ImageCompositeMasked implements Node {
    private static final Input<Tensor> DESTINATION = Input.of("destination", Types.IMAGE);
    private static final Input<Tensor> SOURCE = Input.of("source", Types.IMAGE);
    private static final Input<Integer> X = Input.integer("x").defaultTo(0).range(0, Types.MAX_RESOLUTION).step(1);
    private static final Input<Integer> Y = Input.integer("y").defaultTo(0).range(0, Types.MAX_RESOLUTION).step(1);
    private static final Input<Boolean> RESIZE_SOURCE = Input.bool("resize_source").defaultTo(false);
    private static final Input<Tensor> MASK = Input.of("mask", Types.MASK).optional();

    private static final NodeDefinition DEFINITION = node("ImageCompositeMasked")
            .category("image")
            .module("comfy_extras.nodes_mask")
            .inputs(DESTINATION, SOURCE, X, Y, RESIZE_SOURCE, MASK)
            .outputs(Types.IMAGE)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var destination = inputs.get(DESTINATION);
        var source = AlphaChannel.like(destination, inputs.get(SOURCE));
        var result = Compositing.over(destination.permute(0, 3, 1, 2), source.permute(0, 3, 1, 2), inputs.get(X), inputs.get(Y),
                inputs.get(RESIZE_SOURCE), inputs.find(MASK));
        return Outputs.of(result.permute(0, 2, 3, 1).contiguous());
    }
}
