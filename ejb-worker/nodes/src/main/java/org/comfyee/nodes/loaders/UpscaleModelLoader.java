package org.comfyee.nodes.loaders;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import org.comfyee.diffusion.checkpoint.UpscaleModelFiles;
import org.comfyee.nodes.Models;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Torch;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Opens a model that makes pictures larger. */
public final class UpscaleModelLoader implements Node {
    private static final Input<String> MODEL_NAME = Input.combo("model_name", folders -> folders.models("upscale_models"));

    private static final NodeDefinition DEFINITION = node("UpscaleModelLoader")
            .schema()
            .displayName("Load Upscale Model")
            .category("loaders")
            .module("comfy_extras.nodes_upscale_model")
            .inputs(MODEL_NAME)
            .outputs(Types.UPSCALE_MODEL)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        Torch.loadConfigured();
        var path = context.folders().model("upscale_models", inputs.get(MODEL_NAME));
        var model = context.service(Models.class).open("upscale model", List.of(path), files -> UpscaleModelFiles.load(files.getFirst()));
        return Outputs.of(model);
    }
}
