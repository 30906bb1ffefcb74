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

/** Opens a model that makes words of pictures. */
public final class StyleModelLoader implements Node {
    private static final Input<String> STYLE_MODEL_NAME = Input.combo("style_model_name", folders -> folders.models("style_models"));

    private static final NodeDefinition DEFINITION = node("StyleModelLoader")
            .displayName("Load Style Model")
            .category("loaders")
            .inputs(STYLE_MODEL_NAME)
            .outputs(Types.STYLE_MODEL)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        Torch.loadConfigured();
        var path = context.folders().model("style_models", inputs.get(STYLE_MODEL_NAME));
        var model = context.service(Models.class).open("style model", List.of(path), files -> VisionFiles.loadStyle(files.getFirst()));
        return Outputs.of(model);
    }
}
