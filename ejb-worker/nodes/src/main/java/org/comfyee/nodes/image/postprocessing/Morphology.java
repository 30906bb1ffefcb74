package org.comfyee.nodes.image.postprocessing;

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

/** Brightness spread or eaten away within squares. */
public final class Morphology implements Node {
    private static final Input<Tensor> IMAGE = Input.of("image", Types.IMAGE);
    private static final Input<String> OPERATION = Input.combo("operation",
            List.of("erode", "dilate", "open", "close", "gradient", "bottom_hat", "top_hat"));
    private static final Input<Integer> KERNEL_SIZE = Input.integer("kernel_size").defaultTo(3).range(3, 999).step(1);

    private static final NodeDefinition DEFINITION = node("Morphology")
            .schema()
            .displayName("ImageMorphology")
            .category("image/postprocessing")
            .module("comfy_extras.nodes_morphology")
            .inputs(IMAGE, OPERATION, KERNEL_SIZE)
            .outputs(Types.IMAGE)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var image = inputs.get(IMAGE);
        int size = inputs.get(KERNEL_SIZE);
        return Outputs.of(switch (inputs.get(OPERATION)) {
            case "erode" -> eroded(image, size);
            case "dilate" -> dilated(image, size);
            case "open" -> opened(image, size);
            case "close" -> closed(image, size);
            case "gradient" -> dilated(image, size).sub(eroded(image, size));
            case "bottom_hat" -> closed(image, size).sub(image);
            default -> image.sub(opened(image, size));
        });
    }

    private static Tensor opened(Tensor image, int size) {
        return dilated(eroded(image, size), size);
    }

    private static Tensor closed(Tensor image, int size) {
        return eroded(dilated(image, size), size);
    }

    private static Tensor eroded(Tensor image, int size) {
        return dilated(image.neg(), size).neg();
    }

    /** @param image {@code [batch, height, width, channels]} */
    private static Tensor dilated(Tensor image, int size) {
        int before = size / 2;
        int after = size - before - 1;
        var padded = image.pad("constant", Double.NEGATIVE_INFINITY, 0, 0, before, after, before, after);
        return largest(largest(padded, 1, size), 2, size);
    }

    /** The largest of each so many neighbours. */
    private static Tensor largest(Tensor x, int dim, int neighbours) {
        int covered = 1;
        while (covered < neighbours) {
            int shift = Math.min(covered, neighbours - covered);
            long length = x.size(dim) - shift;
            x = x.narrow(dim, 0, length).maximum(x.narrow(dim, shift, length));
            covered += shift;
        }
        return x;
    }
}
