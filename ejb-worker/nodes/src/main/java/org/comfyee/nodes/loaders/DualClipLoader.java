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

/** Opens a text encoder of two files. */
public final class DualClipLoader implements Node {
    private static final Input<String> CLIP_NAME1 = Input.combo("clip_name1", folders -> folders.models("text_encoders"));
    private static final Input<String> CLIP_NAME2 = Input.combo("clip_name2", folders -> folders.models("text_encoders"));
    private static final Input<String> TYPE = Input.combo("type", List.of("sdxl", "sd3", "flux", "hunyuan_video", "hidream", "hunyuan_image"));
    private static final Input<String> DEVICE = Input.combo("device", List.of("default", "cpu")).with("advanced", true).optional();

    private static final NodeDefinition DEFINITION = node("DualCLIPLoader")
            .category("advanced/loaders")
            .description("[Recipes]\n\nsdxl: clip-l, clip-g\nsd3: clip-l, clip-g / clip-l, t5 / clip-g, t5\nflux: clip-l, t5\n"
                    + "hidream: at least one of t5 or llama, recommended t5 and llama\nhunyuan_image: qwen2.5vl 7b and "
                    + "byt5 small")
            .inputs(CLIP_NAME1, CLIP_NAME2, TYPE, DEVICE)
            .outputs(Types.CLIP)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        return Outputs.of(TextEncoders.open(context, inputs.get(TYPE), inputs.get(CLIP_NAME1), inputs.get(CLIP_NAME2)));
    }
}
