package org.comfyee.nodes.model;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.patch.GuidanceStep;
import org.comfyee.diffusion.patch.PerItem;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/**
 * Guidance whose contrast is brought back towards that of the wanted text (Lin et al. 2024, "Common Diffusion Noise Schedules and
 * Sample Steps are Flawed", section 3.4), in terms of velocities.
 */
public final class RescaleCfg implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<Double> MULTIPLIER = Input.floating("multiplier").defaultTo(0.7).range(0.0, 1.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("RescaleCFG")
            .category("advanced/model")
            .module("comfy_extras.nodes_model_advanced")
            .inputs(MODEL, MULTIPLIER)
            .outputs(Types.MODEL)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        double share = inputs.get(MULTIPLIER);
        return Outputs.of(inputs.get(MODEL).withGuidance(step -> rescaled(step, share)));
    }

    private static Tensor rescaled(GuidanceStep step, double share) {
        double variance = (double) step.sigma() * step.sigma() + 1;
        double factor = Math.sqrt(variance) / step.sigma();
        var base = step.x().div(variance);
        var wanted = base.sub(step.wanted()).mul(factor);
        var unwanted = base.sub(step.unwanted()).mul(factor);
        var mixed = unwanted.add(wanted.sub(unwanted).mul(step.scale()));
        var contrast = PerItem.deviation(wanted).div(PerItem.deviation(mixed));
        var velocity = mixed.mul(contrast).mul(share).add(mixed.mul(1 - share));
        return base.sub(velocity.div(factor));
    }
}
