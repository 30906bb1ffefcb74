package org.comfyee.nodes.conditioning;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Texts one after the other. */
public final class ConditioningConcat implements Node {
    private static final Input<Conditioning> CONDITIONING_TO = Input.of("conditioning_to", Types.CONDITIONING);
    private static final Input<Conditioning> CONDITIONING_FROM = Input.of("conditioning_from", Types.CONDITIONING);

    private static final NodeDefinition DEFINITION = node("ConditioningConcat")
            .displayName("Conditioning (Concat)")
            .category("conditioning")
            .inputs(CONDITIONING_TO, CONDITIONING_FROM)
            .outputs(Types.CONDITIONING)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var from = inputs.get(CONDITIONING_FROM).entries();
        if (from.isEmpty()) {
            throw new IllegalArgumentException("conditioning_from is empty, expected at least one text");
        }
        return Outputs.of(inputs.get(CONDITIONING_TO).map(to -> to.withText(Tensor.cat(List.of(to.text(), from.getFirst().text()), 1))));
    }
}
