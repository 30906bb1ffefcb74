package org.comfyee.nodes.conditioning;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import org.comfyee.diffusion.vision.ClipVisionModel;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** What a vision model sees in pictures. */
public final class ClipVisionEncode implements Node {
    private static final Input<ClipVisionModel> CLIP_VISION = Input.of("clip_vision", Types.CLIP_VISION);
    private static final Input<Tensor> IMAGE = Input.of("image", Types.IMAGE);
    private static final Input<String> CROP = Input.combo("crop", List.of("center", "none"));

    private static final NodeDefinition DEFINITION = node("CLIPVisionEncode")
            .displayName("CLIP Vision Encode")
            .category("conditioning")
            .inputs(CLIP_VISION, IMAGE, CROP)
            .outputs(Types.CLIP_VISION_OUTPUT)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(inputs.get(CLIP_VISION).encode(inputs.get(IMAGE), inputs.get(CROP).equals("center")));
    }
}
