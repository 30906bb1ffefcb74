package org.comfyee.nodes.hooks;

import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Output;
import org.comfyee.workflow.node.Outputs;

/** Both sides of two guidances. */
public final class PairConditioningCombine implements Node {
    private static final Input<Conditioning> POSITIVE_A = ConditioningProperties.conditioning("positive_A");
    private static final Input<Conditioning> NEGATIVE_A = ConditioningProperties.conditioning("negative_A");
    private static final Input<Conditioning> POSITIVE_B = ConditioningProperties.conditioning("positive_B");
    private static final Input<Conditioning> NEGATIVE_B = ConditioningProperties.conditioning("negative_B");

    private static final NodeDefinition DEFINITION = HookNodes.definition("PairConditioningCombine", "Cond Pair Combine", "/cond pair")
            .inputs(POSITIVE_A, NEGATIVE_A, POSITIVE_B, NEGATIVE_B)
            .outputs(Output.of(Types.CONDITIONING).named("positive"), Output.of(Types.CONDITIONING).named("negative"))
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(ConditioningProperties.combined(inputs.get(POSITIVE_A), inputs.get(POSITIVE_B)),
                ConditioningProperties.combined(inputs.get(NEGATIVE_A), inputs.get(NEGATIVE_B)));
    }
}
