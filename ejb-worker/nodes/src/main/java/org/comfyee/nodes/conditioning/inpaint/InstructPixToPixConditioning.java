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

/** Has models that change pictures as they are told see the picture. */
public final class InstructPixToPixConditioning implements Node {
    private static final Input<Conditioning> POSITIVE = Input.of("positive", Types.CONDITIONING);
    private static final Input<Conditioning> NEGATIVE = Input.of("negative", Types.CONDITIONING);
    private static final Input<VaeModel> VAE = Input.of("vae", Types.VAE);
    private static final Input<Tensor> PIXELS = Input.of("pixels", Types.IMAGE);

    private static final NodeDefinition DEFINITION = node("InstructPixToPixConditioning")
            .module("comfy_extras.nodes_ip2p")
            .schema()
            .category("conditioning/instructpix2pix")
            .inputs(POSITIVE, NEGATIVE, VAE, PIXELS)
            .outputs(Output.of(Types.CONDITIONING).named("positive"), Output.of(Types.CONDITIONING).named("negative"),
                    Output.of(Types.LATENT).named("latent"))
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var concat = inputs.get(VAE).encode(InpaintPixels.cut(InpaintPixels.cut(inputs.get(PIXELS), 1, Latent.SCALE), 2, Latent.SCALE));
        return Outputs.of(inputs.get(POSITIVE).map(entry -> entry.with(Conditioning.CONCAT_LATENT, concat)),
                inputs.get(NEGATIVE).map(entry -> entry.with(Conditioning.CONCAT_LATENT, concat)),
                Latent.of(Tensor.zeros(concat.dtype(), concat.shape())));
    }
}
