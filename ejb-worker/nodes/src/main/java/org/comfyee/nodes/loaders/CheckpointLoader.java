package org.comfyee.nodes.loaders;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.checkpoint.CheckpointConfig;
import org.comfyee.nodes.Models;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Torch;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Opens a single-file checkpoint with the configuration that it was trained with. */
public final class CheckpointLoader implements Node {
    private static final Input<String> CONFIG_NAME = Input.combo("config_name", folders -> folders.models("configs"));
    private static final Input<String> CKPT_NAME = Input.combo("ckpt_name", folders -> folders.models("checkpoints"));

    private static final NodeDefinition DEFINITION = node("CheckpointLoader")
            .displayName("Load Checkpoint With Config (DEPRECATED)")
            .category("advanced/loaders")
            .deprecated()
            .inputs(CONFIG_NAME, CKPT_NAME)
            .outputs(Types.MODEL, Types.CLIP, Types.VAE)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        Torch.loadConfigured();
        var config = CheckpointConfig.read(context.folders().model("configs", inputs.get(CONFIG_NAME)));
        var opened = context.service(Models.class).checkpoint(context.folders().model("checkpoints", inputs.get(CKPT_NAME)));
        var checkpoint = config.applied(opened);
        return Outputs.of(checkpoint.model(), TextEncoders.withEmbeddings(checkpoint.text(), context), checkpoint.vae());
    }
}
