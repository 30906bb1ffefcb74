package org.comfyee.nodes.hooks;

import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A conditioning with hooks, a mask and a range of the sampling. */
public final class ConditioningSetProperties implements Node {
    private static final Input<Conditioning> COND_NEW = ConditioningProperties.conditioning("cond_NEW");

    private static final NodeDefinition DEFINITION = HookNodes.definition("ConditioningSetProperties", "Cond Set Props", "/cond single")
            .inputs(COND_NEW, ConditioningProperties.STRENGTH, ConditioningProperties.SET_COND_AREA, ConditioningProperties.MASK, HookNodes.HOOKS,
                    ConditioningProperties.TIMESTEPS)
            .outputs(Types.CONDITIONING)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(ConditioningProperties.set(inputs, inputs.get(COND_NEW)));
    }
}
