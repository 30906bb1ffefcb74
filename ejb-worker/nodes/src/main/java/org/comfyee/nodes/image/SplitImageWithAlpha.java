package org.comfyee.nodes.image;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Types;
import org.comfyee.nodes.mask.Masks;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Colours and transparency apart. */
public final class SplitImageWithAlpha implements Node {
    private static final Input<Tensor> IMAGE = Input.of("image", Types.IMAGE);

    private static final NodeDefinition DEFINITION = node("SplitImageWithAlpha")
            .schema()
            .displayName("Split Image with Alpha")
            .category("mask/compositing")
            .module("comfy_extras.nodes_compositing")
            .inputs(IMAGE)
            .outputs(Types.IMAGE, Types.MASK)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var image = inputs.get(IMAGE);
        var mask = image.size(3) > 3
                ? Masks.inverted(image.select(3, 3))
                : Tensor.zeros(ScalarType.FLOAT32, image.size(0), image.size(1), image.size(2));
        return Outputs.of(image.narrow(3, 0, Math.min(3, image.size(3))), mask);
    }
}
