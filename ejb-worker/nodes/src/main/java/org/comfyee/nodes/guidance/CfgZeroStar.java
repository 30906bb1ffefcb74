package org.comfyee.nodes.guidance;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.patch.GuidancePatch;
import org.comfyee.diffusion.patch.GuidanceStep;
import org.comfyee.diffusion.patch.PerItem;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Output;
import org.comfyee.workflow.node.Outputs;

/**
 * Guidance against an unwanted guess of optimal scale (Fan et al. 2025, "CFG-Zero*: Improved Classifier-Free Guidance for
 * Flow Matching Models").
 */
public final class CfgZeroStar implements Node {
    private static final double NEARLY_NOTHING = 1e-8;

    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);

    private static final NodeDefinition DEFINITION = node("CFGZeroStar")
            .schema()
            .category("advanced/guidance")
            .module("comfy_extras.nodes_cfg")
            .inputs(MODEL)
            .outputs(Output.of(Types.MODEL).named("patched_model"))
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(inputs.get(MODEL).withGuidancePatch(new GuidancePatch() {
            @Override
            public Tensor after(GuidanceStep step, Tensor guided) {
                var unwanted = step.x().sub(step.unwanted());
                var share = PerItem.dot(step.x().sub(step.wanted()), unwanted).div(PerItem.dot(unwanted, unwanted).add(NEARLY_NOTHING));
                // In place of U + s (C - U) comes a U + s (C - a U).
                return guided.add(step.unwanted().mul(share.sub(1)).mul(1 - step.scale()));
            }
        }));
    }
}
