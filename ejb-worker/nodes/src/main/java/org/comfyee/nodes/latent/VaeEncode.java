package org.comfyee.nodes.latent;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.vae.VaeModel;
import org.comfyee.nodes.Latent;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Pictures to latents. */
public final class VaeEncode implements Node {
    private static final Input<Tensor> PIXELS = Input.of("pixels", Types.IMAGE);
    private static final Input<VaeModel> VAE = Input.of("vae", Types.VAE);

    private static final NodeDefinition DEFINITION = node("VAEEncode")
            .displayName("VAE Encode")
            .category("latent")
            .inputs(PIXELS, VAE)
            .outputs(Types.LATENT)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(Latent.of(inputs.get(VAE).encode(inputs.get(PIXELS))));
    }
}
