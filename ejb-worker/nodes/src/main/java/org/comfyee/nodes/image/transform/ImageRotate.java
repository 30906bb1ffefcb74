package org.comfyee.nodes.image.transform;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Types;
import org.comfyee.nodes.image.Rotation;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Pictures turned by right angles, clockwise. */
public final class ImageRotate implements Node {
    private static final Input<Tensor> IMAGE = Input.of("image", Types.IMAGE);
    private static final Input<String> ROTATION = Input.combo("rotation", Rotation.NAMES);

    private static final NodeDefinition DEFINITION = node("ImageRotate")
            .category("image/transform")
            .module("comfy_extras.nodes_images")
            .inputs(IMAGE, ROTATION)
            .outputs(Types.IMAGE)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(inputs.get(IMAGE).rot90(Rotation.quarters(inputs.get(ROTATION)), 2, 1).contiguous());
    }
}
