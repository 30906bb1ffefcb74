package org.comfyee.nodes.image.upscaling;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.upscale.UpscaleModel;
import org.comfyee.nodes.TileProgress;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Pictures enlarged by a model, in tiles. */
public final class ImageUpscaleWithModel implements Node {
    private static final Input<UpscaleModel> UPSCALE_MODEL = Input.of("upscale_model", Types.UPSCALE_MODEL);
    private static final Input<Tensor> IMAGE = Input.of("image", Types.IMAGE);

    private static final NodeDefinition DEFINITION = node("ImageUpscaleWithModel")
            .schema()
            .displayName("Upscale Image (using Model)")
            .category("image/upscaling")
            .module("comfy_extras.nodes_upscale_model")
            .inputs(UPSCALE_MODEL, IMAGE)
            .outputs(Types.IMAGE)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(inputs.get(UPSCALE_MODEL).upscale(inputs.get(IMAGE), tiles -> new TileProgress(context, tiles)));
    }
}
