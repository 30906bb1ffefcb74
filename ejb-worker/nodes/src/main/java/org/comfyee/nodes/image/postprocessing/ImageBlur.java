package org.comfyee.nodes.image.postprocessing;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Blurred pictures. */
public final class ImageBlur implements Node {
    private static final Input<Tensor> IMAGE = Input.of("image", Types.IMAGE);
    private static final Input<Integer> BLUR_RADIUS = Input.integer("blur_radius").defaultTo(1).range(1, 31).step(1);
    private static final Input<Double> SIGMA = Input.floating("sigma").defaultTo(1.0).range(0.1, 10.0).step(0.1);

    private static final NodeDefinition DEFINITION = node("ImageBlur")
            .schema()
            .category("image/postprocessing")
            .module("comfy_extras.nodes_post_processing")
            .inputs(IMAGE, BLUR_RADIUS, SIGMA)
            .outputs(Types.IMAGE)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(Gaussian.filter(inputs.get(IMAGE), Gaussian.kernel(inputs.get(BLUR_RADIUS), inputs.get(SIGMA))));
    }
}
