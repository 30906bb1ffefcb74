package org.comfyee.nodes.conditioning;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.comfyee.diffusion.text.TextEncoder;
import org.comfyee.diffusion.text.TextPart;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Encodes a prompt of its own for each of the text encoders of Stable Diffusion 3. */
public final class ClipTextEncodeSd3 implements Node {
    private static final Input<TextEncoder> CLIP = Input.of("clip", Types.CLIP);
    private static final Input<String> CLIP_L = Input.string("clip_l").with("dynamicPrompts", true).with("multiline", true);
    private static final Input<String> CLIP_G = Input.string("clip_g").with("dynamicPrompts", true).with("multiline", true);
    private static final Input<String> T5XXL = Input.string("t5xxl").with("dynamicPrompts", true).with("multiline", true);
    private static final Input<String> EMPTY_PADDING = Input.combo("empty_padding", List.of("none", "empty_prompt"));

    private static final NodeDefinition DEFINITION = node("CLIPTextEncodeSD3")
            .schema()
            .category("advanced/conditioning")
            .module("comfy_extras.nodes_sd3")
            .inputs(CLIP, CLIP_L, CLIP_G, T5XXL, EMPTY_PADDING)
            .outputs(Types.CONDITIONING)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        boolean fillEmpty = !inputs.get(EMPTY_PADDING).equals("none");
        var prompts = new EnumMap<TextPart, String>(TextPart.class);
        Map.of(TextPart.CLIP_L, CLIP_L, TextPart.CLIP_G, CLIP_G, TextPart.T5XXL, T5XXL).forEach((part, input) -> {
            // What is left out says nothing at all, which is less than an empty prompt.
            if (fillEmpty || !inputs.get(input).isEmpty()) {
                prompts.put(part, inputs.get(input));
            }
        });
        return Outputs.of(inputs.get(CLIP).conditioning(clip -> clip.encode(prompts)));
    }
}
