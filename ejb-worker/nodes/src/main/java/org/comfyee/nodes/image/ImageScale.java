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

/** Pictures in another size; a side of 0 follows from the other. */
public final class ImageScale implements Node {
    private static final Input<Tensor> IMAGE = Input.of("image", Types.IMAGE);
    private static final Input<String> UPSCALE_METHOD = Input.combo("upscale_method", Resize.METHODS);
    private static final Input<Integer> WIDTH = Input.integer("width").defaultTo(512).range(0, Types.MAX_RESOLUTION).step(1);
    private static final Input<Integer> HEIGHT = Input.integer("height").defaultTo(512).range(0, Types.MAX_RESOLUTION).step(1);
    private static final Input<String> CROP = Input.combo("crop", List.of("disabled", "center"));

    private static final NodeDefinition DEFINITION = node("ImageScale")
            .displayName("Upscale Image")
            .category("image/upscaling")
            .inputs(IMAGE, UPSCALE_METHOD, WIDTH, HEIGHT, CROP)
            .outputs(Types.IMAGE)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var image = inputs.get(IMAGE);
        int width = inputs.get(WIDTH);
        int height = inputs.get(HEIGHT);
        if (width == 0 && height == 0) {
            return Outputs.of(image);
        }
        if (width == 0) {
            width = (int) Math.max(1, Math.rint((double) image.size(2) * height / image.size(1)));
        } else if (height == 0) {
            height = (int) Math.max(1, Math.rint((double) image.size(1) * width / image.size(2)));
        }
        var resized = Resize.resize(image.permute(0, 3, 1, 2), width, height, inputs.get(UPSCALE_METHOD), inputs.get(CROP));
        return Outputs.of(resized.permute(0, 2, 3, 1).contiguous());
    }
}
