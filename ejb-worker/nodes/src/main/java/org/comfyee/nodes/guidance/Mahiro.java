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

/** Guidance that leans to the scaled wanted guess the more, the less the unwanted one is like it. */
public final class Mahiro implements Node {
    private static final double NEARLY_NOTHING = 1e-8;

    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);

    private static final NodeDefinition DEFINITION = node("Mahiro")
            .schema()
            .displayName("Mahiro is so cute that she deserves a better guidance function!! (。・ω・。)")
            .category("_for_testing")
            .description("Modify the guidance to scale more on the 'direction' of the positive prompt rather than the "
                    + "difference between the negative prompt.")
            .module("comfy_extras.nodes_mahiro")
            .experimental()
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
                var leap = step.wanted().mul(step.scale());
                var merged = leap.add(guided).div(2);
                double share = 2 * (likeness(root(step.unwanted().mul(step.scale())), root(merged)) + 1);
                return guided.mul(share).add(leap.mul(4 - share)).div(4);
            }
        }));
    }

    /** The square root that keeps the sign. */
    private static Tensor root(Tensor x) {
        return x.abs().sqrt().mul(x.sign());
    }

    /** The mean cosine of the angles between vectors over the channels. */
    private static double likeness(Tensor one, Tensor other) {
        return one.mul(other).sum(1, true).div(length(one).mul(length(other))).mean().item();
    }

    private static Tensor length(Tensor x) {
        return x.norm2(1, true).clamp(NEARLY_NOTHING, Double.MAX_VALUE);
    }
}
