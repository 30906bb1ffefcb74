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

/** Negatives. */
public final class ImageInvert implements Node {
    private static final Input<Tensor> IMAGE = Input.of("image", Types.IMAGE);

    private static final NodeDefinition DEFINITION = node("ImageInvert")
            .displayName("Invert Image")
            .category("image")
            .inputs(IMAGE)
            .outputs(Types.IMAGE)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(inputs.get(IMAGE).neg().add(1));
    }
}
