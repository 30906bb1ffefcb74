package org.comfyee.nodes.loaders;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Opens a text encoder that lies in a file of its own. */
public final class ClipLoader implements Node {
    private static final Input<String> CLIP_NAME = Input.combo("clip_name", folders -> folders.models("text_encoders"));
    private static final Input<String> TYPE = Input.combo("type", List.of("stable_diffusion", "stable_cascade", "sd3", "stable_audio", "mochi", "ltxv", "pixart",
            "cosmos", "lumina2", "wan", "hidream", "chroma", "ace", "omnigen2", "qwen_image", "hunyuan_image"));
    private static final Input<String> DEVICE = Input.combo("device", List.of("default", "cpu")).with("advanced", true).optional();

    private static final NodeDefinition DEFINITION = node("CLIPLoader")
            .displayName("Load CLIP")
            .category("advanced/loaders")
            .description("[Recipes]\n\nstable_diffusion: clip-l\nstable_cascade: clip-g\nsd3: t5 xxl/ clip-g / clip-l\n"
                    + "stable_audio: t5 base\nmochi: t5 xxl\ncosmos: old t5 xxl\nlumina2: gemma 2 2B\nwan: umt5 xxl\n "
                    + "hidream: llama-3.1 (Recommend) or t5\nomnigen2: qwen vl 2.5 3B")
            .inputs(CLIP_NAME, TYPE, DEVICE)
            .outputs(Types.CLIP)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        return Outputs.of(TextEncoders.open(context, inputs.get(TYPE), inputs.get(CLIP_NAME)));
    }
}
