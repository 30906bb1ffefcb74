package org.comfyee.nodes.conditioning.flux;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.Map;
import java.util.Optional;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.text.TextEncoder;
import org.comfyee.diffusion.text.TextPart;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Encodes a prompt of its own for each of the text encoders of Flux. */
public final class ClipTextEncodeFlux implements Node {
    private static final Input<TextEncoder> CLIP = Input.of("clip", Types.CLIP);
    private static final Input<String> CLIP_L = Input.string("clip_l").with("dynamicPrompts", true).with("multiline", true);
    private static final Input<String> T5XXL = Input.string("t5xxl").with("dynamicPrompts", true).with("multiline", true);
    private static final Input<Double> GUIDANCE = Input.floating("guidance").defaultTo(3.5).range(0.0, 100.0).step(0.1);

    private static final NodeDefinition DEFINITION = node("CLIPTextEncodeFlux")
            .schema()
            .category("advanced/conditioning/flux")
            .module("comfy_extras.nodes_flux")
            .inputs(CLIP, CLIP_L, T5XXL, GUIDANCE)
            .outputs(Types.CONDITIONING)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var prompts = Map.of(TextPart.CLIP_L, inputs.get(CLIP_L), TextPart.T5XXL, inputs.get(T5XXL));
        return Outputs.of(inputs.get(CLIP).conditioning(clip -> clip.encode(prompts))
                .map(entry -> entry.with(Conditioning.GUIDANCE, Optional.of(inputs.get(GUIDANCE)))));
    }
}
