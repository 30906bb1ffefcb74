package org.comfyee.nodes.sampling;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.sampling.Guider;
import org.comfyee.diffusion.sampling.SamplingMethod;
import org.comfyee.nodes.Latent;
import org.comfyee.nodes.LatentNoise;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Output;
import org.comfyee.workflow.node.Outputs;

/** Samples with noise, guider, sampler and sigmas that other nodes chose. */
public final class SamplerCustomAdvanced implements Node {
    private static final Input<LatentNoise> NOISE = Input.of("noise", Types.NOISE);
    private static final Input<Guider> GUIDER = Input.of("guider", Types.GUIDER);
    private static final Input<SamplingMethod> SAMPLER = Input.of("sampler", Types.SAMPLER);
    private static final Input<float[]> SIGMAS = Input.of("sigmas", Types.SIGMAS);
    private static final Input<Latent> LATENT_IMAGE = Input.of("latent_image", Types.LATENT);

    private static final NodeDefinition DEFINITION = node("SamplerCustomAdvanced")
            .category("sampling/custom_sampling")
            .module("comfy_extras.nodes_custom_sampler")
            .inputs(NOISE, GUIDER, SAMPLER, SIGMAS, LATENT_IMAGE)
            .outputs(Output.of(Types.LATENT).named("output"), Output.of(Types.LATENT).named("denoised_output"))
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return LatentSampling.sampleWithGuess(context, inputs.get(GUIDER), inputs.get(NOISE), inputs.get(SAMPLER), inputs.get(SIGMAS),
                inputs.get(LATENT_IMAGE));
    }
}
