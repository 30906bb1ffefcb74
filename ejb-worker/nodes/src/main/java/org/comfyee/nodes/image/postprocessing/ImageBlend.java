package org.comfyee.nodes.image.postprocessing;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.Arrays;
import java.util.List;
import org.comfyee.nodes.Types;
import org.comfyee.nodes.image.AlphaChannel;
import org.comfyee.nodes.image.Resize;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Two pictures as one, mixed the way that layers of a picture are. */
public final class ImageBlend implements Node {
    private static final List<String> MODES = List.of("normal", "multiply", "screen", "overlay", "soft_light", "difference");
    private static final Input<Tensor> IMAGE1 = Input.of("image1", Types.IMAGE);
    private static final Input<Tensor> IMAGE2 = Input.of("image2", Types.IMAGE);
    private static final Input<Double> BLEND_FACTOR = Input.floating("blend_factor").defaultTo(0.5).range(0.0, 1.0).step(0.01);
    private static final Input<String> BLEND_MODE = Input.combo("blend_mode", MODES);

    private static final NodeDefinition DEFINITION = node("ImageBlend")
            .schema()
            .category("image/postprocessing")
            .module("comfy_extras.nodes_post_processing")
            .inputs(IMAGE1, IMAGE2, BLEND_FACTOR, BLEND_MODE)
            .outputs(Types.IMAGE)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var image1 = inputs.get(IMAGE1);
        var image2 = AlphaChannel.like(image1, inputs.get(IMAGE2));
        if (!Arrays.equals(image1.shape(), image2.shape())) {
            image2 = Resize.resize(image2.permute(0, 3, 1, 2), (int) image1.size(2), (int) image1.size(1), "bicubic", "center").permute(0, 2, 3, 1);
        }
        double factor = inputs.get(BLEND_FACTOR);
        var blended = blend(inputs.get(BLEND_MODE), image1, image2);
        return Outputs.of(image1.mul(1 - factor).add(blended.mul(factor)).clamp(0, 1).contiguous());
    }

    private static Tensor blend(String mode, Tensor a, Tensor b) {
        return switch (mode) {
            case "normal" -> b;
            case "multiply" -> a.mul(b);
            case "screen" -> inverted(inverted(a).mul(inverted(b)));
            case "overlay" -> Tensor.where(atMost(a, 0.5), a.mul(b).mul(2), inverted(inverted(a).mul(inverted(b)).mul(2)));
            case "soft_light" -> Tensor.where(atMost(b, 0.5), a.sub(inverted(b.mul(2)).mul(a).mul(inverted(a))),
                    a.add(b.mul(2).sub(1).mul(brightened(a).sub(a))));
            case "difference" -> a.sub(b);
            default -> throw new IllegalArgumentException("the blend mode is '" + mode + "', expected one of " + String.join(", ", MODES));
        };
    }

    private static Tensor brightened(Tensor a) {
        return Tensor.where(atMost(a, 0.25), a.mul(16).sub(12).mul(a).add(4).mul(a), a.sqrt());
    }

    private static Tensor atMost(Tensor x, double limit) {
        return x.gt(limit).logicalNot();
    }

    private static Tensor inverted(Tensor x) {
        return x.neg().add(1);
    }
}
