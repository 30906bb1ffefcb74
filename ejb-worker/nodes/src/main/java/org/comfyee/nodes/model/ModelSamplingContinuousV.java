package org.comfyee.nodes.model;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
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

/** A model read as one that predicts velocity and is told the angle between picture and noise. */
public final class ModelSamplingContinuousV implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<String> SAMPLING = Input.combo("sampling", List.of("v_prediction"));
    private static final Input<Double> SIGMA_MAX = Input.floating("sigma_max")
            .defaultTo(500.0).range(0.0, 1000.0).step(0.001).with("round", false);
    private static final Input<Double> SIGMA_MIN = Input.floating("sigma_min")
            .defaultTo(0.03).range(0.0, 1000.0).step(0.001).with("round", false);

    private static final NodeDefinition DEFINITION = node("ModelSamplingContinuousV")
            .category("advanced/model")
            .module("comfy_extras.nodes_model_advanced")
            .inputs(MODEL, SAMPLING, SIGMA_MAX, SIGMA_MIN)
            .outputs(Types.MODEL)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var schedule = ContinuousSchedule.angular(inputs.get(SIGMA_MIN), inputs.get(SIGMA_MAX));
        return Outputs.of(inputs.get(MODEL).withSampling(new DiffusionSampling(Prediction.VELOCITY, schedule)));
    }
}
