package org.comfyee.nodes.conditioning;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.text.TextEncoder;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Output;
import org.comfyee.workflow.node.Outputs;

/** Encodes a prompt. */
public final class ClipTextEncode implements Node {
    private static final Input<String> TEXT = Input.string("text")
            .with("multiline", true)
            .with("dynamicPrompts", true)
            .tooltip("The text to be encoded.");
    private static final Input<TextEncoder> CLIP = Input.of("clip", Types.CLIP).tooltip("The CLIP model used for encoding the text.");

    private static final NodeDefinition DEFINITION = node("CLIPTextEncode")
            .displayName("CLIP Text Encode (Prompt)")
            .category("conditioning")
            .description("Encodes a text prompt using a CLIP model into an embedding that can be used to guide the diffusion model "
                    + "towards generating specific images.")
            .inputs(TEXT, CLIP)
            .outputs(Output.of(Types.CONDITIONING).tooltip("A conditioning containing the embedded text used to guide the diffusion model."))
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(inputs.get(CLIP).conditioning(clip -> clip.encode(inputs.get(TEXT))));
    }
}
