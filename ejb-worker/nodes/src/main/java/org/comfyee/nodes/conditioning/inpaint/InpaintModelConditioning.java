package org.comfyee.nodes.conditioning.inpaint;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.vae.VaeModel;
import org.comfyee.nodes.Latent;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Output;
import org.comfyee.workflow.node.Outputs;

/** Has models that were trained to fill in see the picture and the mask. */
public final class InpaintModelConditioning implements Node {
    private static final Input<Conditioning> POSITIVE = Input.of("positive", Types.CONDITIONING);
    private static final Input<Conditioning> NEGATIVE = Input.of("negative", Types.CONDITIONING);
    private static final Input<VaeModel> VAE = Input.of("vae", Types.VAE);
    private static final Input<Tensor> PIXELS = Input.of("pixels", Types.IMAGE);
    private static final Input<Tensor> MASK = Input.of("mask", Types.MASK);
    private static final Input<Boolean> NOISE_MASK = Input.bool("noise_mask")
            .defaultTo(true)
            .tooltip("Add a noise mask to the latent so sampling will only happen within the mask. Might improve results or completely break "
                    + "things depending on the model.");

    private static final NodeDefinition DEFINITION = node("InpaintModelConditioning")
            .category("conditioning/inpaint")
            .inputs(POSITIVE, NEGATIVE, VAE, PIXELS, MASK, NOISE_MASK)
            .outputs(Output.of(Types.CONDITIONING).named("positive"), Output.of(Types.CONDITIONING).named("negative"),
                    Output.of(Types.LATENT).named("latent"))
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var vae = inputs.get(VAE);
        var inpaint = InpaintPixels.of(inputs.get(PIXELS), inputs.get(MASK), Latent.SCALE);
        var concat = vae.encode(inpaint.covered());
        var latent = Latent.of(vae.encode(inputs.get(PIXELS)));
        return Outputs.of(seen(inputs.get(POSITIVE), concat, inpaint.mask()), seen(inputs.get(NEGATIVE), concat, inpaint.mask()),
                inputs.get(NOISE_MASK) ? latent.withNoiseMask(inpaint.mask()) : latent);
    }

    private static Conditioning seen(Conditioning conditioning, Tensor concat, Tensor mask) {
        return conditioning.map(entry -> entry.with(Conditioning.CONCAT_LATENT, concat).with(Conditioning.CONCAT_MASK, mask));
    }
}
