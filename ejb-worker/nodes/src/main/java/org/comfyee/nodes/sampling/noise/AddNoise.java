package org.comfyee.nodes.sampling.noise;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.nodes.Latent;
import org.comfyee.nodes.LatentNoise;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Latents with as much noise as lies between the first and the last sigma. */
public final class AddNoise implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<LatentNoise> NOISE = Input.of("noise", Types.NOISE);
    private static final Input<float[]> SIGMAS = Input.of("sigmas", Types.SIGMAS);
    private static final Input<Latent> LATENT_IMAGE = Input.of("latent_image", Types.LATENT);

    private static final NodeDefinition DEFINITION = node("AddNoise")
            .category("_for_testing/custom_sampling/noise")
            .module("comfy_extras.nodes_custom_sampler")
            .inputs(MODEL, NOISE, SIGMAS, LATENT_IMAGE)
            .outputs(Types.LATENT)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var sigmas = inputs.get(SIGMAS);
        var latent = inputs.get(LATENT_IMAGE);
        if (sigmas.length == 0) {
            return Outputs.of(latent);
        }
        float scale = sigmas.length > 1 ? Math.abs(sigmas[0] - sigmas[sigmas.length - 1]) : sigmas[0];
        var format = inputs.get(MODEL).latentFormat();
        boolean empty = latent.samples().abs().max().item() == 0;
        var samples = empty ? latent.samples() : format.toModel(latent.samples());
        var noisy = format.fromModel(inputs.get(MODEL).sampling().addNoise(samples, inputs.get(NOISE).generate(latent), scale, false));
        // Nothing that is not a number goes on to other nodes.
        var finite = Tensor.where(noisy.abs().lt(Double.POSITIVE_INFINITY), noisy, noisy.mul(0).nanToNum());
        return Outputs.of(latent.withSamples(finite));
    }
}
