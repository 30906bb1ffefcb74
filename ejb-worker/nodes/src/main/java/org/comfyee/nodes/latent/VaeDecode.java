package org.comfyee.nodes.latent;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.vae.VaeModel;
import org.comfyee.nodes.Latent;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Output;
import org.comfyee.workflow.node.Outputs;

/** Latents to pictures. */
public final class VaeDecode implements Node {
    private static final Input<Latent> SAMPLES = Input.of("samples", Types.LATENT).tooltip("The latent to be decoded.");
    private static final Input<VaeModel> VAE = Input.of("vae", Types.VAE).tooltip("The VAE model used for decoding the latent.");

    private static final NodeDefinition DEFINITION = node("VAEDecode")
            .displayName("VAE Decode")
            .category("latent")
            .description("Decodes latent images back into pixel space images.")
            .inputs(SAMPLES, VAE)
            .outputs(Output.of(Types.IMAGE).tooltip("The decoded image."))
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(inputs.get(VAE).decode(inputs.get(SAMPLES).samples()));
    }
}
