package org.comfyee.nodes.sampling;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.Optional;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.sampling.CfgGuider;
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

/** Samples with a sampler and sigmas that other nodes chose. */
public final class SamplerCustom implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<Boolean> ADD_NOISE = Input.bool("add_noise").defaultTo(true);
    private static final Input<Long> NOISE_SEED = Input.seed("noise_seed").with("control_after_generate", true);
    private static final Input<Double> CFG = Input.floating("cfg").defaultTo(8.0).range(0.0, 100.0).step(0.1).with("round", 0.01);
    private static final Input<Conditioning> POSITIVE = Input.of("positive", Types.CONDITIONING);
    private static final Input<Conditioning> NEGATIVE = Input.of("negative", Types.CONDITIONING);
    private static final Input<SamplingMethod> SAMPLER = Input.of("sampler", Types.SAMPLER);
    private static final Input<float[]> SIGMAS = Input.of("sigmas", Types.SIGMAS);
    private static final Input<Latent> LATENT_IMAGE = Input.of("latent_image", Types.LATENT);

    private static final NodeDefinition DEFINITION = node("SamplerCustom")
            .category("sampling/custom_sampling")
            .module("comfy_extras.nodes_custom_sampler")
            .inputs(MODEL, ADD_NOISE, NOISE_SEED, CFG, POSITIVE, NEGATIVE, SAMPLER, SIGMAS, LATENT_IMAGE)
            .outputs(Output.of(Types.LATENT).named("output"), Output.of(Types.LATENT).named("denoised_output"))
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var guider = new CfgGuider(inputs.get(MODEL), inputs.get(POSITIVE), Optional.of(inputs.get(NEGATIVE)), inputs.get(CFG));
        var noise = new LatentNoise(inputs.get(NOISE_SEED), inputs.get(ADD_NOISE));
        return LatentSampling.sampleWithGuess(context, guider, noise, inputs.get(SAMPLER), inputs.get(SIGMAS), inputs.get(LATENT_IMAGE));
    }
}
