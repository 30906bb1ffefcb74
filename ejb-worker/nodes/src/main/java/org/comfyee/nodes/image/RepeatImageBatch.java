package org.comfyee.nodes.image;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A batch of pictures several times over. */
public final class RepeatImageBatch implements Node {
    private static final Input<Tensor> IMAGE = Input.of("image", Types.IMAGE);
    private static final Input<Integer> AMOUNT = Input.integer("amount").defaultTo(1).range(1, 4096);

    private static final NodeDefinition DEFINITION = node("RepeatImageBatch")
            .category("image/batch")
            .module("comfy_extras.nodes_images")
            .inputs(IMAGE, AMOUNT)
            .outputs(Types.IMAGE)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(inputs.get(IMAGE).repeat(inputs.get(AMOUNT), 1, 1, 1));
    }
}
