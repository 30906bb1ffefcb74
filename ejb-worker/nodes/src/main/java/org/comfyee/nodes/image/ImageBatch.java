package org.comfyee.nodes.image;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Two batches of pictures as one, at the size of the first. */
public final class ImageBatch implements Node {
    private static final Input<Tensor> IMAGE1 = Input.of("image1", Types.IMAGE);
    private static final Input<Tensor> IMAGE2 = Input.of("image2", Types.IMAGE);

    private static final NodeDefinition DEFINITION = node("ImageBatch")
            .displayName("Batch Images")
            .category("image")
            .inputs(IMAGE1, IMAGE2)
            .outputs(Types.IMAGE)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var first = inputs.get(IMAGE1);
        var second = inputs.get(IMAGE2);
        first = AlphaChannel.ifHas(second, first);
        second = AlphaChannel.ifHas(first, second);
        if (first.size(1) != second.size(1) || first.size(2) != second.size(2)) {
            second = Resize.resize(second.permute(0, 3, 1, 2), (int) first.size(2), (int) first.size(1), "bilinear", "center").permute(0, 2, 3, 1);
        }
        return Outputs.of(Tensor.cat(List.of(first, second), 0));
    }
}
