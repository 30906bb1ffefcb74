package org.comfyee.nodes.loaders;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import org.comfyee.diffusion.checkpoint.VisionFiles;
import org.comfyee.nodes.Models;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Torch;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Opens a model that looks at pictures. */
public final class ClipVisionLoader implements Node {
    private static final Input<String> CLIP_NAME = Input.combo("clip_name", folders -> folders.models("clip_vision"));

    private static final NodeDefinition DEFINITION = node("CLIPVisionLoader")
            .displayName("Load CLIP Vision")
            .category("loaders")
            .inputs(CLIP_NAME)
            .outputs(Types.CLIP_VISION)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        Torch.loadConfigured();
        var path = context.folders().model("clip_vision", inputs.get(CLIP_NAME));
        var model = context.service(Models.class).open("vision model", List.of(path), files -> VisionFiles.loadVision(files.getFirst()));
        return Outputs.of(model);
    }
}
