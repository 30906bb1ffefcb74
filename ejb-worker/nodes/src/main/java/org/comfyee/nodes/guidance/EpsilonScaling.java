package org.comfyee.nodes.guidance;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.patch.GuidancePatch;
import org.comfyee.diffusion.patch.GuidanceStep;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/**
 * Makes the noise that is found smaller, against the exposure bias of sampling (Ning et al. 2023, "Elucidating the Exposure
 * Bias in Diffusion Models").
 */
public final class EpsilonScaling implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<Double> SCALING_FACTOR = Input.floating("scaling_factor")
            .defaultTo(1.005).range(0.5, 1.5).step(0.001).with("display", "number");

    private static final NodeDefinition DEFINITION = node("Epsilon Scaling")
            .schema()
            .category("model_patches/unet")
            .module("comfy_extras.nodes_eps")
            .inputs(MODEL, SCALING_FACTOR)
            .outputs(Types.MODEL)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        double factor = inputs.get(SCALING_FACTOR);
        return Outputs.of(inputs.get(MODEL).withGuidancePatch(new GuidancePatch() {
            @Override
            public Tensor after(GuidanceStep step, Tensor guided) {
                return step.x().sub(step.x().sub(guided).div(factor));
            }
        }));
    }
}
