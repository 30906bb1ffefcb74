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

/** A rectangle of pictures; it begins inside and ends at their edge at the latest. */
public final class ImageCrop implements Node {
    private static final Input<Tensor> IMAGE = Input.of("image", Types.IMAGE);
    private static final Input<Integer> WIDTH = Input.integer("width").defaultTo(512).range(1, Types.MAX_RESOLUTION).step(1);
    private static final Input<Integer> HEIGHT = Input.integer("height").defaultTo(512).range(1, Types.MAX_RESOLUTION).step(1);
    private static final Input<Integer> X = Input.integer("x").defaultTo(0).range(0, Types.MAX_RESOLUTION).step(1);
    private static final Input<Integer> Y = Input.integer("y").defaultTo(0).range(0, Types.MAX_RESOLUTION).step(1);

    private static final NodeDefinition DEFINITION = node("ImageCrop")
            .displayName("Image Crop")
            .category("image/transform")
            .module("comfy_extras.nodes_images")
            .inputs(IMAGE, WIDTH, HEIGHT, X, Y)
            .outputs(Types.IMAGE)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var image = inputs.get(IMAGE);
        long x = Math.min(inputs.get(X), image.size(2) - 1);
        long y = Math.min(inputs.get(Y), image.size(1) - 1);
        long width = Math.min(inputs.get(WIDTH), image.size(2) - x);
        long height = Math.min(inputs.get(HEIGHT), image.size(1) - y);
        return Outputs.of(image.narrow(1, y, height).narrow(2, x, width).contiguous());
    }
}
