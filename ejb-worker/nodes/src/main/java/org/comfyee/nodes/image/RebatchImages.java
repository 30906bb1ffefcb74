package org.comfyee.nodes.image;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.stream.IntStream;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Output;
import org.comfyee.workflow.node.Outputs;

/** Batches of one size out of batches of any. */
public final class RebatchImages implements Node {
    private static final Input<Tensor> IMAGES = Input.of("images", Types.IMAGE);
    private static final Input<Integer> BATCH_SIZE = Input.integer("batch_size").defaultTo(1).range(1, 4096);

    private static final NodeDefinition DEFINITION = node("RebatchImages")
            .schema()
            .displayName("Rebatch Images")
            .category("image/batch")
            .module("comfy_extras.nodes_rebatch")
            .inputs(IMAGES, BATCH_SIZE)
            .outputs(Output.of(Types.IMAGE).asList())
            .takesLists()
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        int size = inputs.list(BATCH_SIZE).getFirst();
        var pictures = inputs.list(IMAGES).stream().flatMap(batch -> batch.split(1, 0).stream()).toList();
        return Outputs.of(IntStream.iterate(0, from -> from < pictures.size(), from -> from + size)
                .mapToObj(from -> Tensor.cat(pictures.subList(from, Math.min(pictures.size(), from + size)), 0))
                .toList());
    }
}
