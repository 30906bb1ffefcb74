package org.comfyee.nodes.guidance;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.sampling.PerpNegGuider;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Guidance away from what belongs to the unwanted text only, as a change to the model. */
public final class PerpNeg implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<Conditioning> EMPTY_CONDITIONING = Input.of("empty_conditioning", Types.CONDITIONING);
    private static final Input<Double> NEG_SCALE = Input.floating("neg_scale").defaultTo(1.0).range(0.0, 100.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("PerpNeg")
            .schema()
            .displayName("Perp-Neg (DEPRECATED by PerpNegGuider)")
            .category("_for_testing")
            .module("comfy_extras.nodes_perpneg")
            .deprecated()
            .experimental()
            .inputs(MODEL, EMPTY_CONDITIONING, NEG_SCALE)
            .outputs(Types.MODEL)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var empty = inputs.get(EMPTY_CONDITIONING);
        double negativeScale = inputs.get(NEG_SCALE);
        return Outputs.of(inputs.get(MODEL).withGuidance(step -> PerpNegGuider.guided(
                step.wanted(), step.unwanted(), step.questions().other(empty, step.x()), step.scale(), negativeScale)));
    }
}
