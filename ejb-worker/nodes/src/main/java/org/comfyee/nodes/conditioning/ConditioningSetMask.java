package org.comfyee.nodes.conditioning;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A text for what a mask covers. */
public final class ConditioningSetMask implements Node {
    private static final Input<Conditioning> CONDITIONING = Input.of("conditioning", Types.CONDITIONING);
    private static final Input<Tensor> MASK = Input.of("mask", Types.MASK);
    private static final Input<Double> STRENGTH = Input.floating("strength").defaultTo(1.0).range(0.0, 10.0).step(0.01);
    private static final Input<String> SET_COND_AREA = Input.combo("set_cond_area", List.of("default", "mask bounds"));

    private static final NodeDefinition DEFINITION = node("ConditioningSetMask")
            .displayName("Conditioning (Set Mask)")
            .category("conditioning")
            .inputs(CONDITIONING, MASK, STRENGTH, SET_COND_AREA)
            .outputs(Types.CONDITIONING)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        boolean toBounds = !inputs.get(SET_COND_AREA).equals("default");
        return Outputs.of(inputs.get(CONDITIONING).map(entry -> entry.with(Conditioning.MASK, inputs.get(MASK))
                .with(Conditioning.AREA_TO_BOUNDS, toBounds).with(Conditioning.MASK_STRENGTH, inputs.get(STRENGTH))));
    }
}
