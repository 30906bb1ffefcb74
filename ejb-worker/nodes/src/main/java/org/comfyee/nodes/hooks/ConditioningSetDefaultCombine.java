package org.comfyee.nodes.hooks;

import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A conditioning, and another one for what it leaves open. */
public final class ConditioningSetDefaultCombine implements Node {
    private static final Input<Conditioning> COND = ConditioningProperties.conditioning("cond");
    private static final Input<Conditioning> COND_DEFAULT = ConditioningProperties.conditioning("cond_DEFAULT");

    private static final NodeDefinition DEFINITION = HookNodes.definition("ConditioningSetDefaultCombine", "Cond Set Default Combine", "/cond single")
            .inputs(COND, COND_DEFAULT, HookNodes.HOOKS)
            .outputs(Types.CONDITIONING)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(ConditioningProperties.combined(inputs.get(COND), ConditioningProperties.filling(inputs, inputs.get(COND_DEFAULT))));
    }
}
