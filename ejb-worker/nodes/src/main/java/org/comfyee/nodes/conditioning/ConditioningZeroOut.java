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

/** A text that says nothing: zeros in its place. */
public final class ConditioningZeroOut implements Node {
    private static final Input<Conditioning> CONDITIONING = Input.of("conditioning", Types.CONDITIONING);

    private static final NodeDefinition DEFINITION = node("ConditioningZeroOut")
            .category("advanced/conditioning")
            .inputs(CONDITIONING)
            .outputs(Types.CONDITIONING)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(inputs.get(CONDITIONING).map(entry -> {
            var zeroed = entry.withText(entry.text().mul(0));
            return entry.find(Conditioning.POOLED).map(pooled -> zeroed.with(Conditioning.POOLED, pooled.mul(0))).orElse(zeroed);
        }));
    }
}
