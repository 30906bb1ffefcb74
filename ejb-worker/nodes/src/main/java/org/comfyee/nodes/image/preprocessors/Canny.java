package org.comfyee.nodes.image.preprocessors;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** The edges of pictures, white on black. */
public final class Canny implements Node {
    private static final Input<Tensor> IMAGE = Input.of("image", Types.IMAGE);
    private static final Input<Double> LOW_THRESHOLD = Input.floating("low_threshold").defaultTo(0.4).range(0.01, 0.99).step(0.01);
    private static final Input<Double> HIGH_THRESHOLD = Input.floating("high_threshold").defaultTo(0.8).range(0.01, 0.99).step(0.01);

    private static final NodeDefinition DEFINITION = node("Canny")
            .schema()
            .category("image/preprocessors")
            .module("comfy_extras.nodes_canny")
            .inputs(IMAGE, LOW_THRESHOLD, HIGH_THRESHOLD)
            .outputs(Types.IMAGE)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        if (inputs.get(LOW_THRESHOLD) > inputs.get(HIGH_THRESHOLD)) {
            throw new IllegalArgumentException("the low threshold is " + inputs.get(LOW_THRESHOLD) + ", expected at most the high one, "
                    + inputs.get(HIGH_THRESHOLD));
        }
        var edges = inputs.get(IMAGE).split(1, 0).stream()
                .map(picture -> new CannyEdges(picture).between(inputs.get(LOW_THRESHOLD), inputs.get(HIGH_THRESHOLD)))
                .toList();
        return Outputs.of(Tensor.cat(edges, 0));
    }
}
