package org.comfyee.nodes.image.transform;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import org.comfyee.nodes.Types;
import org.comfyee.nodes.image.Resize;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Pictures scaled in their proportions to fit into a frame, in its middle. */
public final class ResizeAndPadImage implements Node {
    private static final Input<Tensor> IMAGE = Input.of("image", Types.IMAGE);
    private static final Input<Integer> TARGET_WIDTH = Input.integer("target_width").defaultTo(512).range(1, Types.MAX_RESOLUTION).step(1);
    private static final Input<Integer> TARGET_HEIGHT = Input.integer("target_height").defaultTo(512).range(1, Types.MAX_RESOLUTION).step(1);
    private static final Input<String> PADDING_COLOR = Input.combo("padding_color", List.of("white", "black"));
    private static final Input<String> INTERPOLATION = Input.combo("interpolation",
            List.of("area", "bicubic", "nearest-exact", "bilinear", "lanczos"));

    private static final NodeDefinition DEFINITION = node("ResizeAndPadImage")
            .category("image/transform")
            .module("comfy_extras.nodes_images")
            .inputs(IMAGE, TARGET_WIDTH, TARGET_HEIGHT, PADDING_COLOR, INTERPOLATION)
            .outputs(Types.IMAGE)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var image = inputs.get(IMAGE).permute(0, 3, 1, 2);
        int frameWidth = inputs.get(TARGET_WIDTH);
        int frameHeight = inputs.get(TARGET_HEIGHT);
        double scale = Math.min((double) frameWidth / image.size(3), (double) frameHeight / image.size(2));
        int width = (int) (image.size(3) * scale);
        int height = (int) (image.size(2) * scale);
        var resized = Resize.resize(image, width, height, inputs.get(INTERPOLATION), "disabled");
        double color = inputs.get(PADDING_COLOR).equals("black") ? 0 : 1;
        var framed = Tensor.full(color, ScalarType.FLOAT32, image.size(0), image.size(1), frameHeight, frameWidth);
        framed.narrow(2, (frameHeight - height) / 2, height).narrow(3, (frameWidth - width) / 2, width).copyInPlace(resized);
        return Outputs.of(framed.permute(0, 2, 3, 1).contiguous());
    }
}
