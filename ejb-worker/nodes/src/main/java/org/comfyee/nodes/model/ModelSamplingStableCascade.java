package org.comfyee.nodes.model;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.model.ContinuousSchedule;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.DiffusionSampling;
import org.comfyee.diffusion.model.Prediction;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A model whose noise is spread as in Stable Cascade. */
public final class ModelSamplingStableCascade implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<Double> SHIFT = Input.floating("shift").defaultTo(2.0).range(0.0, 100.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("ModelSamplingStableCascade")
            .category("advanced/model")
            .module("comfy_extras.nodes_model_advanced")
            .inputs(MODEL, SHIFT)
            .outputs(Types.MODEL)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var schedule = ContinuousSchedule.cascade(inputs.get(SHIFT));
        return Outputs.of(inputs.get(MODEL).withSampling(new DiffusionSampling(Prediction.NOISE, schedule)));
    }
}
