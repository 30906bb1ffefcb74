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

/** A text for a part of the sampling. */
public final class ConditioningSetTimestepRange implements Node {
    private static final Input<Conditioning> CONDITIONING = Input.of("conditioning", Types.CONDITIONING);
    private static final Input<Double> START = Input.floating("start").defaultTo(0.0).range(0.0, 1.0).step(0.001);
    private static final Input<Double> END = Input.floating("end").defaultTo(1.0).range(0.0, 1.0).step(0.001);

    private static final NodeDefinition DEFINITION = node("ConditioningSetTimestepRange")
            .category("advanced/conditioning")
            .inputs(CONDITIONING, START, END)
            .outputs(Types.CONDITIONING)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(inputs.get(CONDITIONING).map(entry -> entry.with(Conditioning.START_PERCENT, inputs.get(START))
                .with(Conditioning.END_PERCENT, inputs.get(END))));
    }
}
