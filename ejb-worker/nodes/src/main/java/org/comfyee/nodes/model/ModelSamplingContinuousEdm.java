package org.comfyee.nodes.model;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import org.comfyee.diffusion.model.ContinuousSchedule;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.DiffusionSampling;
import org.comfyee.diffusion.model.LatentFormat;
import org.comfyee.diffusion.model.Prediction;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A model read as one of EDM (Karras et al. 2022), and that predicts something else. */
public final class ModelSamplingContinuousEdm implements Node {
    private static final String PLAYGROUND = "edm_playground_v2.5";
    private static final double EDM_DEVIATION = 0.5;

    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<String> SAMPLING = Input.combo("sampling",
            List.of("v_prediction", "edm", "edm_playground_v2.5", "eps", "cosmos_rflow"));
    private static final Input<Double> SIGMA_MAX = Input.floating("sigma_max")
            .defaultTo(120.0).range(0.0, 1000.0).step(0.001).with("round", false);
    private static final Input<Double> SIGMA_MIN = Input.floating("sigma_min")
            .defaultTo(0.002).range(0.0, 1000.0).step(0.001).with("round", false);

    private static final NodeDefinition DEFINITION = node("ModelSamplingContinuousEDM")
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
        var sampling = inputs.get(SAMPLING);
        double min = inputs.get(SIGMA_MIN);
        double max = inputs.get(SIGMA_MAX);
        var schedule = sampling.equals("cosmos_rflow") ? ContinuousSchedule.share(min, max) : ContinuousSchedule.logarithmic(min, max);
        var model = inputs.get(MODEL).withSampling(switch (sampling) {
            case "edm", PLAYGROUND -> new DiffusionSampling(Prediction.EDM, schedule, EDM_DEVIATION);
            case "eps" -> new DiffusionSampling(Prediction.NOISE, schedule);
            case "cosmos_rflow" -> new DiffusionSampling(Prediction.FLOW_OF_SHARE, schedule);
            default -> new DiffusionSampling(Prediction.VELOCITY, schedule);
        });
        return Outputs.of(sampling.equals(PLAYGROUND) ? model.withLatentFormat(LatentFormat.PLAYGROUND) : model);
    }
}
