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

/** Pictures from which a share of their blurred selves is taken away. */
public final class ImageSharpen implements Node {
    private static final Input<Tensor> IMAGE = Input.of("image", Types.IMAGE);
    private static final Input<Integer> SHARPEN_RADIUS = Input.integer("sharpen_radius").defaultTo(1).range(1, 31).step(1);
    private static final Input<Double> SIGMA = Input.floating("sigma").defaultTo(1.0).range(0.1, 10.0).step(0.01);
    private static final Input<Double> ALPHA = Input.floating("alpha").defaultTo(1.0).range(0.0, 5.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("ImageSharpen")
            .schema()
            .category("image/postprocessing")
            .module("comfy_extras.nodes_post_processing")
            .inputs(IMAGE, SHARPEN_RADIUS, SIGMA, ALPHA)
            .outputs(Types.IMAGE)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        int radius = inputs.get(SHARPEN_RADIUS);
        var kernel = Gaussian.kernel(radius, inputs.get(SIGMA)).mul(-10 * inputs.get(ALPHA));
        var middle = kernel.narrow(0, radius, 1).narrow(1, radius, 1);
        // Grey levels stay as they are.
        middle.copyInPlace(middle.sub(kernel.sum()).add(1));
        return Outputs.of(Gaussian.filter(inputs.get(IMAGE), kernel).clamp(0, 1));
    }
}
