package org.comfyee.nodes.conditioning;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.Map;
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

/** Encodes a prompt of its own for each of the text encoders of SDXL, and the sizes that it was trained with. */
public final class ClipTextEncodeSdxl implements Node {
    private static final Input<TextEncoder> CLIP = Input.of("clip", Types.CLIP);
    private static final Input<Integer> WIDTH = Input.integer("width").defaultTo(1024).range(0, Types.MAX_RESOLUTION);
    private static final Input<Integer> HEIGHT = Input.integer("height").defaultTo(1024).range(0, Types.MAX_RESOLUTION);
    private static final Input<Integer> CROP_W = Input.integer("crop_w").defaultTo(0).range(0, Types.MAX_RESOLUTION);
    private static final Input<Integer> CROP_H = Input.integer("crop_h").defaultTo(0).range(0, Types.MAX_RESOLUTION);
    private static final Input<Integer> TARGET_WIDTH = Input.integer("target_width").defaultTo(1024).range(0, Types.MAX_RESOLUTION);
    private static final Input<Integer> TARGET_HEIGHT = Input.integer("target_height").defaultTo(1024).range(0, Types.MAX_RESOLUTION);
    private static final Input<String> TEXT_G = Input.string("text_g").with("dynamicPrompts", true).with("multiline", true);
    private static final Input<String> TEXT_L = Input.string("text_l").with("dynamicPrompts", true).with("multiline", true);

    private static final NodeDefinition DEFINITION = node("CLIPTextEncodeSDXL")
            .schema()
            .category("advanced/conditioning")
            .module("comfy_extras.nodes_clip_sdxl")
            .inputs(CLIP, WIDTH, HEIGHT, CROP_W, CROP_H, TARGET_WIDTH, TARGET_HEIGHT, TEXT_G, TEXT_L)
            .outputs(Types.CONDITIONING)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var prompts = Map.of(TextPart.CLIP_L, inputs.get(TEXT_L), TextPart.CLIP_G, inputs.get(TEXT_G));
        return Outputs.of(inputs.get(CLIP).conditioning(clip -> clip.encode(prompts)).map(entry -> entry
                .with(Conditioning.WIDTH, inputs.get(WIDTH)).with(Conditioning.HEIGHT, inputs.get(HEIGHT))
                .with(Conditioning.CROP_WIDTH, inputs.get(CROP_W)).with(Conditioning.CROP_HEIGHT, inputs.get(CROP_H))
                .with(Conditioning.TARGET_WIDTH, inputs.get(TARGET_WIDTH)).with(Conditioning.TARGET_HEIGHT, inputs.get(TARGET_HEIGHT))));
    }
}
