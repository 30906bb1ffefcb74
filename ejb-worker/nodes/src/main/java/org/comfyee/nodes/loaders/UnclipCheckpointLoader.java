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

/** Opens the checkpoint of a model that is guided by pictures, with its vision model. */
public final class UnclipCheckpointLoader implements Node {
    private static final Input<String> CKPT_NAME = Input.combo("ckpt_name", folders -> folders.models("checkpoints"));

    private static final NodeDefinition DEFINITION = node("unCLIPCheckpointLoader")
            .category("loaders")
            .inputs(CKPT_NAME)
            .outputs(Types.MODEL, Types.CLIP, Types.VAE, Types.CLIP_VISION)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        Torch.loadConfigured();
        var models = context.service(Models.class);
        var path = context.folders().model("checkpoints", inputs.get(CKPT_NAME));
        var checkpoint = models.checkpoint(path);
        var vision = models.open("vision model of a checkpoint", List.of(path), files -> VisionFiles.loadFromCheckpoint(files.getFirst()));
        return Outputs.of(checkpoint.model(), TextEncoders.withEmbeddings(checkpoint.text(), context), checkpoint.vae(), vision);
    }
}
