package org.comfyee.nodes.model;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.GuidanceRule;
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
 * Guidance that makes the guess no longer than a multiple of the wanted one, and that only begins below a sigma
 * (Lumina-Image 2.0).
 */
public final class RenormCfg implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<Double> CFG_TRUNC = Input.floating("cfg_trunc").defaultTo(100).range(0.0, 100.0).step(0.01);
    private static final Input<Double> RENORM_CFG = Input.floating("renorm_cfg").defaultTo(1.0).range(0.0, 100.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("RenormCFG")
            .schema()
            .category("advanced/model")
            .module("comfy_extras.nodes_lumina2")
            .inputs(MODEL, CFG_TRUNC, RENORM_CFG)
            .outputs(Types.MODEL)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        double largestSigma = inputs.get(CFG_TRUNC);
        double most = inputs.get(RENORM_CFG);
        return Outputs.of(inputs.get(MODEL).withGuidance(step -> step.sigma() < largestSigma ? shortened(step, most) : step.wanted()));
    }

    private static Tensor shortened(GuidanceStep step, double most) {
        var guided = GuidanceRule.CLASSIFIER_FREE.mix(step);
        if (most <= 0) {
            return guided;
        }
        var factor = PerItem.norm(step.wanted()).mul(most).div(PerItem.norm(guided));
        return guided.mul(factor.clamp(0, 1));
    }
}
