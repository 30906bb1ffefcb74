package org.comfyee.nodes.image;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import org.comfyee.nodes.Types;
import org.comfyee.nodes.mask.Masks;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Pictures that are transparent where a mask covers them. */
public final class JoinImageWithAlpha implements Node {
    private static final Input<Tensor> IMAGE = Input.of("image", Types.IMAGE);
    private static final Input<Tensor> ALPHA = Input.of("alpha", Types.MASK);

    private static final NodeDefinition DEFINITION = node("JoinImageWithAlpha")
            .schema()
            .displayName("Join Image with Alpha")
            .category("mask/compositing")
            .module("comfy_extras.nodes_compositing")
            .inputs(IMAGE, ALPHA)
            .outputs(Types.IMAGE)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var image = inputs.get(IMAGE);
        var alpha = Masks.inverted(Masks.resized(inputs.get(ALPHA), image.size(1), image.size(2))).permute(0, 2, 3, 1);
        long items = Math.min(image.size(0), alpha.size(0));
        var colours = image.narrow(0, 0, items).narrow(3, 0, Math.min(3, image.size(3)));
        return Outputs.of(Tensor.cat(List.of(colours, alpha.narrow(0, 0, items)), 3));
    }
}
