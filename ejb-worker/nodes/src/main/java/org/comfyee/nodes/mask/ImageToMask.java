package org.comfyee.nodes.mask;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** One channel of pictures as a mask. */
public final class ImageToMask implements Node {
    private static final List<String> CHANNELS = List.of("red", "green", "blue", "alpha");

    private static final Input<Tensor> IMAGE = Input.of("image", Types.IMAGE);
    private static final Input<String> CHANNEL = Input.combo("channel", CHANNELS);

    private static final NodeDefinition DEFINITION = node("ImageToMask")
            .displayName("Convert Image to Mask")
            .category("mask")
            .module("comfy_extras.nodes_mask")
            .inputs(IMAGE, CHANNEL)
            .outputs(Types.MASK)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var image = inputs.get(IMAGE);
        int channel = CHANNELS.indexOf(inputs.get(CHANNEL));
        if (channel >= image.size(3)) {
            throw new IllegalArgumentException("the image has " + image.size(3) + " channels and no " + inputs.get(CHANNEL) + " among them");
        }
        return Outputs.of(image.select(3, channel));
    }
}
