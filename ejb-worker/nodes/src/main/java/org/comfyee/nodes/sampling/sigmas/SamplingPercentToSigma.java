package org.comfyee.nodes.sampling.sigmas;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.DataType;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Output;
import org.comfyee.workflow.node.Outputs;

/** The sigma at a share of the sampling. */
public final class SamplingPercentToSigma implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL).typed();
    private static final Input<Double> SAMPLING_PERCENT = Input.floating("sampling_percent").defaultTo(0.0).range(0.0, 1.0).step(0.0001);
    private static final Input<Boolean> RETURN_ACTUAL_SIGMA = Input.bool("return_actual_sigma").defaultTo(false)
            .tooltip("Return the actual sigma value instead of the value used for interval checks.\nThis only affects "
                    + "results at 0.0 and 1.0.");

    private static final NodeDefinition DEFINITION = node("SamplingPercentToSigma")
            .category("sampling/custom_sampling/sigmas")
            .module("comfy_extras.nodes_custom_sampler")
            .inputs(MODEL, SAMPLING_PERCENT, RETURN_ACTUAL_SIGMA)
            .outputs(Output.of(DataType.FLOAT).named("sigma_value"))
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var sampling = inputs.get(MODEL).sampling();
        double percent = inputs.get(SAMPLING_PERCENT);
        if (inputs.get(RETURN_ACTUAL_SIGMA) && percent == 0) {
            return Outputs.of((double) sampling.sigmaMax());
        }
        if (inputs.get(RETURN_ACTUAL_SIGMA) && percent == 1) {
            return Outputs.of((double) sampling.sigmaMin());
        }
        return Outputs.of(sampling.percentToSigma(percent));
    }
}
