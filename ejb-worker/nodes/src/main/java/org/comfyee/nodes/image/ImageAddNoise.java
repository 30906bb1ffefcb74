package org.comfyee.nodes.image;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Types;
import org.comfyee.torch.Generator;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Pictures under normally distributed noise. */
public final class ImageAddNoise implements Node {
    private static final Input<Tensor> IMAGE = Input.of("image", Types.IMAGE);
    private static final Input<Long> SEED = Input.seed("seed").with("control_after_generate", true)
            .tooltip("The random seed used for creating the noise.");
    private static final Input<Double> STRENGTH = Input.floating("strength").defaultTo(0.5).range(0.0, 1.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("ImageAddNoise")
            .category("image")
            .module("comfy_extras.nodes_images")
            .inputs(IMAGE, SEED, STRENGTH)
            .outputs(Types.IMAGE)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var image = inputs.get(IMAGE);
        try (var generator = Generator.seeded(inputs.get(SEED))) {
            var noise = Tensor.randn(generator, ScalarType.FLOAT32, image.shape());
            return Outputs.of(image.add(noise.mul(inputs.get(STRENGTH))).clamp(0, 1));
        }
    }
}
