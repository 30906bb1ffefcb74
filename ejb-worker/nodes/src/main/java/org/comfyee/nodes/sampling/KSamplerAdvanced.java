package org.comfyee.nodes.sampling;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
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
import org.comfyee.workflow.node.Outputs;

/** Samples some of the steps of a schedule, with noise or without, so that several can follow each other. */
public final class KSamplerAdvanced implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<String> ADD_NOISE = Input.combo("add_noise", List.of("enable", "disable"));
    private static final Input<Long> NOISE_SEED = Input.seed("noise_seed").with("control_after_generate", true);
    private static final Input<Integer> STEPS = Input.integer("steps").defaultTo(20).range(1, 10000);
    private static final Input<Double> CFG = Input.floating("cfg").defaultTo(8.0).range(0.0, 100.0).step(0.1).with("round", 0.01);
    private static final Input<String> SAMPLER_NAME = Input.combo("sampler_name", Sampler.NAMES);
    private static final Input<String> SCHEDULER = Input.combo("scheduler", Scheduler.NAMES);
    private static final Input<Conditioning> POSITIVE = Input.of("positive", Types.CONDITIONING);
    private static final Input<Conditioning> NEGATIVE = Input.of("negative", Types.CONDITIONING);
    private static final Input<Latent> LATENT_IMAGE = Input.of("latent_image", Types.LATENT);
    private static final Input<Integer> START_AT_STEP = Input.integer("start_at_step").defaultTo(0).range(0, 10000);
    private static final Input<Integer> END_AT_STEP = Input.integer("end_at_step").defaultTo(10000).range(0, 10000);
    private static final Input<String> RETURN_WITH_LEFTOVER_NOISE = Input.combo("return_with_leftover_noise", List.of("disable", "enable"));

    private static final NodeDefinition DEFINITION = node("KSamplerAdvanced")
            .displayName("KSampler (Advanced)")
            .category("sampling")
            .inputs(MODEL, ADD_NOISE, NOISE_SEED, STEPS, CFG, SAMPLER_NAME, SCHEDULER, POSITIVE, NEGATIVE, LATENT_IMAGE, START_AT_STEP, END_AT_STEP, RETURN_WITH_LEFTOVER_NOISE)
            .outputs(Types.LATENT)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var sampler = Sampler.named(inputs.get(SAMPLER_NAME));
        var all = Sigmas.scheduled(inputs.get(MODEL).sampling(), Scheduler.named(inputs.get(SCHEDULER)), inputs.get(STEPS), 1,
                sampler.discardsPenultimateSigma());
        boolean denoiseFully = !inputs.get(RETURN_WITH_LEFTOVER_NOISE).equals("enable");
        var sigmas = Sigmas.between(all, inputs.get(START_AT_STEP), inputs.get(END_AT_STEP), denoiseFully);
        var guider = new CfgGuider(inputs.get(MODEL), inputs.get(POSITIVE), Optional.of(inputs.get(NEGATIVE)), inputs.get(CFG));
        var noise = new LatentNoise(inputs.get(NOISE_SEED), !inputs.get(ADD_NOISE).equals("disable"));
        return Outputs.of(LatentSampling.sample(context, guider, noise, sampler, sigmas, inputs.get(LATENT_IMAGE)));
    }
}
