package org.comfyee.nodes.latent;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.vae.VaeModel;
import org.comfyee.nodes.Latent;
import org.comfyee.nodes.conditioning.inpaint.InpaintPixels;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Pictures to latents, grey where they are to be painted anew. */
public final class VaeEncodeForInpaint implements Node {
    private static final Input<Tensor> PIXELS = Input.of("pixels", Types.IMAGE);
    private static final Input<VaeModel> VAE = Input.of("vae", Types.VAE);
    private static final Input<Tensor> MASK = Input.of("mask", Types.MASK);
    private static final Input<Integer> GROW_MASK_BY = Input.integer("grow_mask_by").defaultTo(6).range(0, 64).step(1);

    private static final NodeDefinition DEFINITION = node("VAEEncodeForInpaint")
            .displayName("VAE Encode (for Inpainting)")
            .category("latent/inpaint")
            .inputs(PIXELS, VAE, MASK, GROW_MASK_BY)
            .outputs(Types.LATENT)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var inpaint = InpaintPixels.of(inputs.get(PIXELS), inputs.get(MASK), inputs.get(VAE).scale());
        var samples = inputs.get(VAE).encode(inpaint.covered());
        return Outputs.of(Latent.of(samples).withNoiseMask(grown(inpaint.mask(), inputs.get(GROW_MASK_BY)).round()));
    }

    /** So that nothing of what is painted anew remains in latents beside it. */
    private static Tensor grown(Tensor mask, int pixels) {
        if (pixels == 0) {
            return mask;
        }
        var square = Tensor.ones(mask.dtype(), 1, 1, pixels, pixels);
        return mask.round().conv2d(square, null, 1, pixels / 2).clamp(0, 1).narrow(2, 0, mask.size(2)).narrow(3, 0, mask.size(3));
    }
}
