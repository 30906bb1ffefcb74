package org.comfyee.nodes.image;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Output;
import org.comfyee.workflow.node.Outputs;

/** Brightness and two differences of colour, each as a grey picture. */
public final class ImageRgbToYuv implements Node {
    private static final Input<Tensor> IMAGE = Input.of("image", Types.IMAGE);

    private static final NodeDefinition DEFINITION = node("ImageRGBToYUV")
            .schema()
            .category("image/batch")
            .module("comfy_extras.nodes_morphology")
            .inputs(IMAGE)
            .outputs(Output.of(Types.IMAGE).named("Y"), Output.of(Types.IMAGE).named("U"), Output.of(Types.IMAGE).named("V"))
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var image = inputs.get(IMAGE);
        var red = image.narrow(3, 0, 1);
        var blue = image.narrow(3, 2, 1);
        var y = red.mul(0.299).add(image.narrow(3, 1, 1).mul(0.587)).add(blue.mul(0.114));
        return Outputs.of(grey(y), grey(blue.sub(y).mul(0.564).add(0.5)), grey(red.sub(y).mul(0.713).add(0.5)));
    }

    private static Tensor grey(Tensor channel) {
        return channel.repeat(1, 1, 1, 3);
    }
}
