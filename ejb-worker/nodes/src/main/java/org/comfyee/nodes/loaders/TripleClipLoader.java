package org.comfyee.nodes.loaders;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Opens the text encoder of Stable Diffusion 3 from three files. */
public final class TripleClipLoader implements Node {
    private static final Input<String> CLIP_NAME1 = Input.combo("clip_name1", folders -> folders.models("text_encoders"));
    private static final Input<String> CLIP_NAME2 = Input.combo("clip_name2", folders -> folders.models("text_encoders"));
    private static final Input<String> CLIP_NAME3 = Input.combo("clip_name3", folders -> folders.models("text_encoders"));

    private static final NodeDefinition DEFINITION = node("TripleCLIPLoader")
            .schema()
            .category("advanced/loaders")
            .description("[Recipes]\n\nsd3: clip-l, clip-g, t5")
            .module("comfy_extras.nodes_sd3")
            .inputs(CLIP_NAME1, CLIP_NAME2, CLIP_NAME3)
            .outputs(Types.CLIP)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        return Outputs.of(TextEncoders.open(context, "sd3", inputs.get(CLIP_NAME1), inputs.get(CLIP_NAME2), inputs.get(CLIP_NAME3)));
    }
}
