package org.comfyee.nodes.mask;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Types;
import org.comfyee.nodes.image.PreviewImage;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Hidden;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Shows masks as grey pictures. */
public final class MaskPreview implements Node {
    private static final int COMPRESSION = 4;
    private static final Input<Tensor> MASK = Input.of("mask", Types.MASK);

    private static final NodeDefinition DEFINITION = node("MaskPreview")
            .category("mask")
            .description("Saves the input images to your ComfyUI output directory.")
            .module("comfy_extras.nodes_mask")
            .inputs(MASK)
            .hidden(Hidden.PROMPT, Hidden.EXTRA_PNGINFO)
            .outputNode()
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        var mask = inputs.get(MASK);
        var pictures = mask.reshape(-1, mask.size(-2), mask.size(-1), 1).expand(-1, -1, -1, 3);
        return PreviewImage.show(pictures, COMPRESSION, context);
    }
}
