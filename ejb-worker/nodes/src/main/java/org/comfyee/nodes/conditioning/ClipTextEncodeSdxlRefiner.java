package org.comfyee.nodes.conditioning;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.text.TextEncoder;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Encodes a prompt for the refiner of SDXL, with a size and how pleasing the picture is to be. */
public final class ClipTextEncodeSdxlRefiner implements Node {
    private static final Input<Double> ASCORE = Input.floating("ascore").defaultTo(6.0).range(0.0, 1000.0).step(0.01);
    private static final Input<Integer> WIDTH = Input.integer("width").defaultTo(1024).range(0, Types.MAX_RESOLUTION);
    private static final Input<Integer> HEIGHT = Input.integer("height").defaultTo(1024).range(0, Types.MAX_RESOLUTION);
    private static final Input<String> TEXT = Input.string("text").with("dynamicPrompts", true).with("multiline", true);
    private static final Input<TextEncoder> CLIP = Input.of("clip", Types.CLIP);

    private static final NodeDefinition DEFINITION = node("CLIPTextEncodeSDXLRefiner")
            .schema()
            .category("advanced/conditioning")
            .module("comfy_extras.nodes_clip_sdxl")
            .inputs(ASCORE, WIDTH, HEIGHT, TEXT, CLIP)
            .outputs(Types.CONDITIONING)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(inputs.get(CLIP).conditioning(clip -> clip.encode(inputs.get(TEXT))).map(entry -> entry
                .with(Conditioning.AESTHETIC_SCORE, inputs.get(ASCORE))
                .with(Conditioning.WIDTH, inputs.get(WIDTH)).with(Conditioning.HEIGHT, inputs.get(HEIGHT))));
    }
}
