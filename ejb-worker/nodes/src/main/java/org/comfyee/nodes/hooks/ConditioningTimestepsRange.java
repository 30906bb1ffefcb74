package org.comfyee.nodes.hooks;

import org.comfyee.nodes.TimestepsRange;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Output;
import org.comfyee.workflow.node.Outputs;

/** A range of the sampling, with what is before and after it. */
public final class ConditioningTimestepsRange implements Node {

    private static final NodeDefinition DEFINITION = HookNodes.definition("ConditioningTimestepsRange", "Timesteps Range", "")
            .inputs(HookNodes.START_PERCENT, HookNodes.END_PERCENT)
            .outputs(Output.of(Types.TIMESTEPS_RANGE), Output.of(Types.TIMESTEPS_RANGE).named("BEFORE_RANGE"),
                    Output.of(Types.TIMESTEPS_RANGE).named("AFTER_RANGE"))
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        double start = inputs.get(HookNodes.START_PERCENT);
        double end = inputs.get(HookNodes.END_PERCENT);
        return Outputs.of(new TimestepsRange(start, end), new TimestepsRange(0, start), new TimestepsRange(end, 1));
    }
}
