package org.comfyee.nodes.conditioning;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** How much a text counts beside others. */
public final class ConditioningSetAreaStrength implements Node {
    private static final Input<Conditioning> CONDITIONING = Input.of("conditioning", Types.CONDITIONING);
    private static final Input<Double> STRENGTH = Input.floating("strength").defaultTo(1.0).range(0.0, 10.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("ConditioningSetAreaStrength")
            .category("conditioning")
            .inputs(CONDITIONING, STRENGTH)
            .outputs(Types.CONDITIONING)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(inputs.get(CONDITIONING).map(entry -> entry.with(Conditioning.STRENGTH, inputs.get(STRENGTH))));
    }
}
