package org.comfyee.nodes.loaders;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Models;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Torch;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Output;
import org.comfyee.workflow.node.Outputs;

/** Opens a single-file checkpoint. */
public final class CheckpointLoaderSimple implements Node {
    private static final Input<String> CKPT_NAME = Input.combo("ckpt_name", folders -> folders.models("checkpoints"))
            .tooltip("The name of the checkpoint (model) to load.");

    private static final NodeDefinition DEFINITION = node("CheckpointLoaderSimple")
            .displayName("Load Checkpoint")
            .category("loaders")
            .description("Loads a diffusion model checkpoint, diffusion models are used to denoise latents.")
            .inputs(CKPT_NAME)
            .outputs(Output.of(Types.MODEL).tooltip("The model used for denoising latents."),
                    Output.of(Types.CLIP).tooltip("The CLIP model used for encoding text prompts."),
                    Output.of(Types.VAE).tooltip("The VAE model used for encoding and decoding images to and from latent space."))
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        Torch.loadConfigured();
        var checkpoint = context.service(Models.class).checkpoint(context.folders().model("checkpoints", inputs.get(CKPT_NAME)));
        return Outputs.of(checkpoint.model(), TextEncoders.withEmbeddings(checkpoint.text(), context), checkpoint.vae());
    }
}
