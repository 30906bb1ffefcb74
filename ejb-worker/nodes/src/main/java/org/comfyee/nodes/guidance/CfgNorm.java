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
import org.comfyee.workflow.node.Output;
import org.comfyee.workflow.node.Outputs;

/** Makes the guided guess nowhere longer than the wanted one, as a vector over the channels. */
public final class CfgNorm implements Node {
    private static final double NEARLY_NOTHING = 1e-8;

    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<Double> STRENGTH = Input.floating("strength").defaultTo(1.0).range(0.0, 100.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("CFGNorm")
            .schema()
            .category("advanced/guidance")
            .module("comfy_extras.nodes_cfg")
            .experimental()
            .inputs(MODEL, STRENGTH)
            .outputs(Output.of(Types.MODEL).named("patched_model"))
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        double strength = inputs.get(STRENGTH);
        return Outputs.of(inputs.get(MODEL).withGuidancePatch(new GuidancePatch() {
            @Override
            public Tensor after(GuidanceStep step, Tensor guided) {
                var factor = step.wanted().norm2(1, true).div(guided.norm2(1, true).add(NEARLY_NOTHING)).clamp(0, 1);
                return guided.mul(factor).mul(strength);
            }
        }));
    }
}
