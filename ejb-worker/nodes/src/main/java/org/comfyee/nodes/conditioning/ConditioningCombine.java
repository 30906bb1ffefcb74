package org.comfyee.nodes.conditioning;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.stream.Stream;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Two texts, each predicted for itself and then averaged. */
public final class ConditioningCombine implements Node {
    private static final Input<Conditioning> CONDITIONING_1 = Input.of("conditioning_1", Types.CONDITIONING);
    private static final Input<Conditioning> CONDITIONING_2 = Input.of("conditioning_2", Types.CONDITIONING);

    private static final NodeDefinition DEFINITION = node("ConditioningCombine")
            .displayName("Conditioning (Combine)")
            .category("conditioning")
            .inputs(CONDITIONING_1, CONDITIONING_2)
            .outputs(Types.CONDITIONING)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(new Conditioning(Stream.concat(inputs.get(CONDITIONING_1).entries().stream(), inputs.get(CONDITIONING_2).entries().stream())
                .toList()));
    }
}
