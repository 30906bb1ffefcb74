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

/** Both sides of a guidance, and for each another one for what it leaves open. */
public final class PairConditioningSetDefaultCombine implements Node {
    private static final Input<Conditioning> POSITIVE = ConditioningProperties.conditioning("positive");
    private static final Input<Conditioning> NEGATIVE = ConditioningProperties.conditioning("negative");
    private static final Input<Conditioning> POSITIVE_DEFAULT = ConditioningProperties.conditioning("positive_DEFAULT");
    private static final Input<Conditioning> NEGATIVE_DEFAULT = ConditioningProperties.conditioning("negative_DEFAULT");

    private static final NodeDefinition DEFINITION =
            HookNodes.definition("PairConditioningSetDefaultCombine", "Cond Pair Set Default Combine", "/cond pair")
            .inputs(POSITIVE, NEGATIVE, POSITIVE_DEFAULT, NEGATIVE_DEFAULT, HookNodes.HOOKS)
            .outputs(Output.of(Types.CONDITIONING).named("positive"), Output.of(Types.CONDITIONING).named("negative"))
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(ConditioningProperties.combined(inputs.get(POSITIVE), ConditioningProperties.filling(inputs, inputs.get(POSITIVE_DEFAULT))),
                ConditioningProperties.combined(inputs.get(NEGATIVE), ConditioningProperties.filling(inputs, inputs.get(NEGATIVE_DEFAULT))));
    }
}
