package org.comfyee.nodes.model;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.FlowSampling;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A model whose sampling spends more on high noise the larger the picture is. */
public final class ModelSamplingFlux implements Node {
    private static final double PIXELS_PER_TOKEN = 256;
    private static final double FEWEST_TOKENS = 256;
    private static final double MOST_TOKENS = 4096;

    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<Double> MAX_SHIFT = Input.floating("max_shift").defaultTo(1.15).range(0.0, 100.0).step(0.01);
    private static final Input<Double> BASE_SHIFT = Input.floating("base_shift").defaultTo(0.5).range(0.0, 100.0).step(0.01);
    private static final Input<Integer> WIDTH = Input.integer("width").defaultTo(1024).range(16, Types.MAX_RESOLUTION).step(8);
    private static final Input<Integer> HEIGHT = Input.integer("height").defaultTo(1024).range(16, Types.MAX_RESOLUTION).step(8);

    private static final NodeDefinition DEFINITION = node("ModelSamplingFlux")
            .category("advanced/model")
            .module("comfy_extras.nodes_model_advanced")
            .inputs(MODEL, MAX_SHIFT, BASE_SHIFT, WIDTH, HEIGHT)
            .outputs(Types.MODEL)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        double tokens = (double) inputs.get(WIDTH) * inputs.get(HEIGHT) / PIXELS_PER_TOKEN;
        double slope = (inputs.get(MAX_SHIFT) - inputs.get(BASE_SHIFT)) / (MOST_TOKENS - FEWEST_TOKENS);
        double mu = inputs.get(BASE_SHIFT) + (tokens - FEWEST_TOKENS) * slope;
        return Outputs.of(inputs.get(MODEL).withSampling(FlowSampling.flux(mu)));
    }
}
