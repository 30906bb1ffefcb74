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

/** Some pictures of a batch. */
public final class ImageFromBatch implements Node {
    private static final Input<Tensor> IMAGE = Input.of("image", Types.IMAGE);
    private static final Input<Integer> BATCH_INDEX = Input.integer("batch_index").defaultTo(0).range(0, 4095);
    private static final Input<Integer> LENGTH = Input.integer("length").defaultTo(1).range(1, 4096);

    private static final NodeDefinition DEFINITION = node("ImageFromBatch")
            .category("image/batch")
            .module("comfy_extras.nodes_images")
            .inputs(IMAGE, BATCH_INDEX, LENGTH)
            .outputs(Types.IMAGE)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var image = inputs.get(IMAGE);
        long from = Math.min(image.size(0) - 1, inputs.get(BATCH_INDEX));
        return Outputs.of(image.narrow(0, from, Math.min(image.size(0) - from, inputs.get(LENGTH))));
    }
}
