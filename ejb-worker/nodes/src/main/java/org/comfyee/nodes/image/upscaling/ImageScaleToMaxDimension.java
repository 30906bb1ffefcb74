package org.comfyee.nodes.image.upscaling;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import org.comfyee.nodes.Types;
import org.comfyee.nodes.image.Resize;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Pictures scaled in their proportions until the longer side has a length. */
public final class ImageScaleToMaxDimension implements Node {
    private static final Input<Tensor> IMAGE = Input.of("image", Types.IMAGE);
    private static final Input<String> UPSCALE_METHOD = Input.combo("upscale_method",
            List.of("area", "lanczos", "bilinear", "nearest-exact", "bilinear", "bicubic"));
    private static final Input<Integer> LARGEST_SIZE = Input.integer("largest_size").defaultTo(512).range(0, Types.MAX_RESOLUTION).step(1);

    private static final NodeDefinition DEFINITION = node("ImageScaleToMaxDimension")
            .category("image/upscaling")
            .module("comfy_extras.nodes_images")
            .inputs(IMAGE, UPSCALE_METHOD, LARGEST_SIZE)
            .outputs(Types.IMAGE)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var image = inputs.get(IMAGE);
        double longest = Math.max(image.size(1), image.size(2));
        int size = inputs.get(LARGEST_SIZE);
        int width = (int) Math.rint(image.size(2) / longest * size);
        int height = (int) Math.rint(image.size(1) / longest * size);
        var resized = Resize.resize(image.permute(0, 3, 1, 2), width, height, inputs.get(UPSCALE_METHOD), "disabled");
        return Outputs.of(resized.permute(0, 2, 3, 1).contiguous());
    }
}
