package org.comfyee.nodes.model;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
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

/** A model read as one that was trained over discrete timesteps, and that predicts something else. */
public final class ModelSamplingDiscrete implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<String> SAMPLING = Input.combo("sampling", List.of("eps", "v_prediction", "lcm", "x0", "img_to_img"));
    private static final Input<Boolean> ZSNR = Input.bool("zsnr").defaultTo(false);

    private static final NodeDefinition DEFINITION = node("ModelSamplingDiscrete")
            .category("advanced/model")
            .module("comfy_extras.nodes_model_advanced")
            .inputs(MODEL, SAMPLING, ZSNR)
            .outputs(Types.MODEL)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var trained = inputs.get(MODEL).family().schedule();
        var schedule = inputs.get(ZSNR) ? trained.zeroTerminal() : trained;
        return Outputs.of(inputs.get(MODEL).withSampling(switch (inputs.get(SAMPLING)) {
            case "v_prediction" -> new DiffusionSampling(Prediction.VELOCITY, schedule);
            case "lcm" -> new DiffusionSampling(Prediction.CONSISTENCY, schedule.distilled());
            case "x0" -> new DiffusionSampling(Prediction.PICTURE, schedule);
            case "img_to_img" -> new DiffusionSampling(Prediction.PICTURE_FROM_PICTURE, schedule);
            default -> new DiffusionSampling(Prediction.NOISE, schedule);
        }));
    }
}
