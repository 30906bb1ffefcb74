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

/** Both sides of a guidance, and beside each another one with hooks, a mask and a range of the sampling. */
public final class PairConditioningSetPropertiesAndCombine implements Node {
    private static final Input<Conditioning> POSITIVE = ConditioningProperties.conditioning("positive");
    private static final Input<Conditioning> NEGATIVE = ConditioningProperties.conditioning("negative");
    private static final Input<Conditioning> POSITIVE_NEW = ConditioningProperties.conditioning("positive_NEW");
    private static final Input<Conditioning> NEGATIVE_NEW = ConditioningProperties.conditioning("negative_NEW");

    private static final NodeDefinition DEFINITION =
            HookNodes.definition("PairConditioningSetPropertiesAndCombine", "Cond Pair Set Props Combine", "/cond pair")
            .inputs(POSITIVE, NEGATIVE, POSITIVE_NEW, NEGATIVE_NEW, ConditioningProperties.STRENGTH, ConditioningProperties.SET_COND_AREA,
                    ConditioningProperties.MASK, HookNodes.HOOKS,
                    ConditioningProperties.TIMESTEPS)
            .outputs(Output.of(Types.CONDITIONING).named("positive"), Output.of(Types.CONDITIONING).named("negative"))
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(ConditioningProperties.combined(inputs.get(POSITIVE), ConditioningProperties.set(inputs, inputs.get(POSITIVE_NEW))),
                ConditioningProperties.combined(inputs.get(NEGATIVE), ConditioningProperties.set(inputs, inputs.get(NEGATIVE_NEW))));
    }
}
