package org.comfyee.nodes.image;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.DataType;
import org.comfyee.workflow.node.Hidden;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Output;
import org.comfyee.workflow.node.Outputs;

/** How large pictures are and how many. */
public final class GetImageSize implements Node {
    private static final Input<Tensor> IMAGE = Input.of("image", Types.IMAGE);

    private static final NodeDefinition DEFINITION = node("GetImageSize")
            .displayName("Get Image Size")
            .category("image")
            .description("Returns width and height of the image, and passes it through unchanged.")
            .module("comfy_extras.nodes_images")
            .inputs(IMAGE)
            .hidden(Hidden.UNIQUE_ID)
            .outputs(Output.of(DataType.INT).named("width"),
                    Output.of(DataType.INT).named("height"),
                    Output.of(DataType.INT).named("batch_size"))
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var image = inputs.get(IMAGE);
        long width = image.size(2);
        long height = image.size(1);
        long batch = image.size(0);
        context.progressText("width: " + width + ", height: " + height + "\n batch size: " + batch);
        return Outputs.of(width, height, batch);
    }
}
