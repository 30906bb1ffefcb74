package org.comfyee.nodes.guidance;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.Optional;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.patch.ModelPatch;
import org.comfyee.diffusion.patch.SelfAttentionGuidance;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Guidance by what the model looks at. */
public final class SelfAttentionGuidanceNode implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<Double> SCALE = Input.floating("scale").defaultTo(0.5).range(-2.0, 5.0).step(0.01);
    private static final Input<Double> BLUR_SIGMA = Input.floating("blur_sigma").defaultTo(2.0).range(0.0, 10.0).step(0.1);

    private static final NodeDefinition DEFINITION = node("SelfAttentionGuidance")
            .schema()
            .displayName("Self-Attention Guidance")
            .category("_for_testing")
            .module("comfy_extras.nodes_sag")
            .experimental()
            .inputs(MODEL, SCALE, BLUR_SIGMA)
            .outputs(Types.MODEL)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        double scale = inputs.get(SCALE);
        double blur = inputs.get(BLUR_SIGMA);
        return Outputs.of(inputs.get(MODEL).with(_ -> {
            var guidance = new SelfAttentionGuidance(scale, blur);
            return new ModelPatch.Hooks(Optional.of(guidance), Optional.of(guidance));
        }));
    }
}
