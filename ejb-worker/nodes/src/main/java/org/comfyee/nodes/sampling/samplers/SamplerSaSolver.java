package org.comfyee.nodes.sampling.samplers;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.Optional;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.sampling.ConfiguredSamplers;
import org.comfyee.diffusion.sampling.SaSolver;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Stochastic Adams, a predictor and a corrector. */
public final class SamplerSaSolver implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL).typed();
    private static final Input<Double> ETA = Input.floating("eta").defaultTo(1.0).range(0.0, 10.0).step(0.01).with("round", false);
    private static final Input<Double> SDE_START_PERCENT = Input.floating("sde_start_percent").defaultTo(0.2).range(0.0, 1.0).step(0.001);
    private static final Input<Double> SDE_END_PERCENT = Input.floating("sde_end_percent").defaultTo(0.8).range(0.0, 1.0).step(0.001);
    private static final Input<Double> S_NOISE = Input.floating("s_noise").defaultTo(1.0).range(0.0, 100.0).step(0.01).with("round", false);
    private static final Input<Integer> PREDICTOR_ORDER = Input.integer("predictor_order").defaultTo(3).range(1, 6);
    private static final Input<Integer> CORRECTOR_ORDER = Input.integer("corrector_order").defaultTo(4).range(0, 6);
    private static final Input<Boolean> USE_PECE = Input.bool("use_pece").typed();
    private static final Input<Boolean> SIMPLE_ORDER_2 = Input.bool("simple_order_2").typed();

    private static final NodeDefinition DEFINITION = node("SamplerSASolver")
            .category("sampling/custom_sampling/samplers")
            .module("comfy_extras.nodes_custom_sampler")
            .inputs(MODEL, ETA, SDE_START_PERCENT, SDE_END_PERCENT, S_NOISE, PREDICTOR_ORDER, CORRECTOR_ORDER, USE_PECE, SIMPLE_ORDER_2)
            .outputs(Types.SAMPLER)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(ConfiguredSamplers.saSolver(new SaSolver.Options(inputs.get(PREDICTOR_ORDER), inputs.get(CORRECTOR_ORDER),
                inputs.get(ETA), inputs.get(S_NOISE), inputs.get(SDE_START_PERCENT), inputs.get(SDE_END_PERCENT),
                Optional.of(inputs.get(MODEL).sampling()), inputs.get(USE_PECE), inputs.get(SIMPLE_ORDER_2))));
    }
}
