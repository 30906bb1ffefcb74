package org.comfyee.nodes.image.transform;

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

/** Mirror images. */
public final class ImageFlip implements Node {
    private static final Input<Tensor> IMAGE = Input.of("image", Types.IMAGE);
    private static final Input<String> FLIP_METHOD = Input.combo("flip_method", List.of("x-axis: vertically", "y-axis: horizontally"));

    private static final NodeDefinition DEFINITION = node("ImageFlip")
            .category("image/transform")
            .module("comfy_extras.nodes_images")
            .inputs(IMAGE, FLIP_METHOD)
            .outputs(Types.IMAGE)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(inputs.get(IMAGE).flip(inputs.get(FLIP_METHOD).startsWith("x") ? 1 : 2));
    }
}
