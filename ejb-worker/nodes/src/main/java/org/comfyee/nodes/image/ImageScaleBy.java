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

/** Pictures larger or smaller by a factor. */
public final class ImageScaleBy implements Node {
    private static final Input<Tensor> IMAGE = Input.of("image", Types.IMAGE);
    private static final Input<String> UPSCALE_METHOD = Input.combo("upscale_method", Resize.METHODS);
    private static final Input<Double> SCALE_BY = Input.floating("scale_by").defaultTo(1.0).range(0.01, 8.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("ImageScaleBy")
            .displayName("Upscale Image By")
            .category("image/upscaling")
            .inputs(IMAGE, UPSCALE_METHOD, SCALE_BY)
            .outputs(Types.IMAGE)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var resized = Resize.by(inputs.get(IMAGE).permute(0, 3, 1, 2), inputs.get(SCALE_BY), inputs.get(UPSCALE_METHOD));
        return Outputs.of(resized.permute(0, 2, 3, 1).contiguous());
    }
}
