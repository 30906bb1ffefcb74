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

/** Pictures of about a number of pixels, in their proportions. */
public final class ImageScaleToTotalPixels implements Node {
    private static final Input<Tensor> IMAGE = Input.of("image", Types.IMAGE);
    private static final Input<String> UPSCALE_METHOD = Input.combo("upscale_method", Resize.METHODS);
    private static final Input<Double> MEGAPIXELS = Input.floating("megapixels").defaultTo(1.0).range(0.01, 16.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("ImageScaleToTotalPixels")
            .schema()
            .category("image/upscaling")
            .module("comfy_extras.nodes_post_processing")
            .inputs(IMAGE, UPSCALE_METHOD, MEGAPIXELS)
            .outputs(Types.IMAGE)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var image = inputs.get(IMAGE);
        long pixels = (long) (inputs.get(MEGAPIXELS) * 1024 * 1024);
        double factor = Math.sqrt((double) pixels / (image.size(2) * image.size(1)));
        var resized = Resize.by(image.permute(0, 3, 1, 2), factor, inputs.get(UPSCALE_METHOD));
        return Outputs.of(resized.permute(0, 2, 3, 1).contiguous());
    }
}
