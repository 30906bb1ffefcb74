package org.comfyee.nodes.hooks;

import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A conditioning, and beside it another one with hooks, a mask and a range of the sampling. */
public final class ConditioningSetPropertiesAndCombine implements Node {
    private static final Input<Conditioning> COND = ConditioningProperties.conditioning("cond");
    private static final Input<Conditioning> COND_NEW = ConditioningProperties.conditioning("cond_NEW");

    private static final NodeDefinition DEFINITION =
            HookNodes.definition("ConditioningSetPropertiesAndCombine", "Cond Set Props Combine", "/cond single")
            .inputs(COND, COND_NEW, ConditioningProperties.STRENGTH, ConditioningProperties.SET_COND_AREA, ConditioningProperties.MASK,
                    HookNodes.HOOKS,
                    ConditioningProperties.TIMESTEPS)
            .outputs(Types.CONDITIONING)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(ConditioningProperties.combined(inputs.get(COND), ConditioningProperties.set(inputs, inputs.get(COND_NEW))));
    }
}
