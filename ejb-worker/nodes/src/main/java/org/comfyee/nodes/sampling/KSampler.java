package org.comfyee.nodes.sampling;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.Optional;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.sampling.CfgGuider;
import org.comfyee.diffusion.sampling.Sampler;
import org.comfyee.diffusion.sampling.Scheduler;
import org.comfyee.diffusion.sampling.Sigmas;
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

/** Makes latents of a picture out of noise. */
public final class KSampler implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL).tooltip("The model used for denoising the input latent.");
    private static final Input<Long> SEED = Input.seed("seed")
            .with("control_after_generate", true)
            .tooltip("The random seed used for creating the noise.");
    private static final Input<Integer> STEPS = Input.integer("steps").defaultTo(20).range(1, 10000)
            .tooltip("The number of steps used in the denoising process.");
    private static final Input<Double> CFG = Input.floating("cfg").defaultTo(8.0).range(0.0, 100.0).step(0.1).with("round", 0.01)
            .tooltip("The Classifier-Free Guidance scale balances creativity and adherence to the prompt. Higher values result in images "
                    + "more closely matching the prompt however too high values will negatively impact quality.");
    private static final Input<String> SAMPLER_NAME = Input.combo("sampler_name", Sampler.NAMES)
            .tooltip("The algorithm used when sampling, this can affect the quality, speed, and style of the generated output.");
    private static final Input<String> SCHEDULER = Input.combo("scheduler", Scheduler.NAMES)
            .tooltip("The scheduler controls how noise is gradually removed to form the image.");
    private static final Input<Conditioning> POSITIVE = Input.of("positive", Types.CONDITIONING)
            .tooltip("The conditioning describing the attributes you want to include in the image.");
    private static final Input<Conditioning> NEGATIVE = Input.of("negative", Types.CONDITIONING)
            .tooltip("The conditioning describing the attributes you want to exclude from the image.");
    private static final Input<Latent> LATENT_IMAGE = Input.of("latent_image", Types.LATENT).tooltip("The latent image to denoise.");
    private static final Input<Double> DENOISE = Input.floating("denoise").defaultTo(1.0).range(0.0, 1.0).step(0.01)
            .tooltip("The amount of denoising applied, lower values will maintain the structure of the initial image allowing for "
                    + "image to image sampling.");

    private static final NodeDefinition DEFINITION = node("KSampler")
            .category("sampling")
            .description("Uses the provided model, positive and negative conditioning to denoise the latent image.")
            .inputs(MODEL, SEED, STEPS, CFG, SAMPLER_NAME, SCHEDULER, POSITIVE, NEGATIVE, LATENT_IMAGE, DENOISE)
            .outputs(Output.of(Types.LATENT).tooltip("The denoised latent."))
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var sampler = Sampler.named(inputs.get(SAMPLER_NAME));
        var sigmas = Sigmas.scheduled(inputs.get(MODEL).sampling(), Scheduler.named(inputs.get(SCHEDULER)), inputs.get(STEPS),
                inputs.get(DENOISE), sampler.discardsPenultimateSigma());
        var guider = new CfgGuider(inputs.get(MODEL), inputs.get(POSITIVE), Optional.of(inputs.get(NEGATIVE)), inputs.get(CFG));
        var noise = new LatentNoise(inputs.get(SEED), true);
        return Outputs.of(LatentSampling.sample(context, guider, noise, sampler, sigmas, inputs.get(LATENT_IMAGE)));
    }
}
