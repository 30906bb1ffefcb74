package org.comfyee.nodes.conditioning;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.nodes.Latent;
import org.comfyee.nodes.Types;
import org.comfyee.nodes.image.Resize;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Output;
import org.comfyee.workflow.node.Outputs;

/** Has models that were trained to enlarge pictures see the picture. */
public final class Sd4xUpscaleConditioning implements Node {
    private static final int SCALE = 4;
    private static final int CHANNELS = 4;
    private static final Input<Tensor> IMAGES = Input.of("images", Types.IMAGE);
    private static final Input<Conditioning> POSITIVE = Input.of("positive", Types.CONDITIONING);
    private static final Input<Conditioning> NEGATIVE = Input.of("negative", Types.CONDITIONING);
    private static final Input<Double> SCALE_RATIO = Input.floating("scale_ratio").defaultTo(4.0).range(0.0, 10.0).step(0.01);
    private static final Input<Double> NOISE_AUGMENTATION = Input.floating("noise_augmentation").defaultTo(0.0).range(0.0, 1.0).step(0.001);

    private static final NodeDefinition DEFINITION = node("SD_4XUpscale_Conditioning")
            .module("comfy_extras.nodes_sdupscale")
            .schema()
            .category("conditioning/upscale_diffusion")
            .inputs(IMAGES, POSITIVE, NEGATIVE, SCALE_RATIO, NOISE_AUGMENTATION)
            .outputs(Output.of(Types.CONDITIONING).named("positive"), Output.of(Types.CONDITIONING).named("negative"),
                    Output.of(Types.LATENT).named("latent"))
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var images = inputs.get(IMAGES);
        int width = size(images.size(2), inputs.get(SCALE_RATIO));
        int height = size(images.size(1), inputs.get(SCALE_RATIO));
        var small = Resize.resize(images.permute(0, 3, 1, 2).mul(2).sub(1), width, height, "bilinear", "center");
        return Outputs.of(seen(inputs.get(POSITIVE), small, inputs.get(NOISE_AUGMENTATION)), seen(inputs.get(NEGATIVE), small, inputs.get(NOISE_AUGMENTATION)),
                Latent.of(Tensor.zeros(ScalarType.FLOAT32, images.size(0), CHANNELS, height, width)));
    }

    private static int size(long pixels, double ratio) {
        return (int) Math.max(1, Math.rint(pixels * ratio)) / SCALE;
    }

    private static Conditioning seen(Conditioning conditioning, Tensor small, double noise) {
        return conditioning.map(entry -> entry.with(Conditioning.CONCAT_IMAGE, small).with(Conditioning.NOISE_AUGMENTATION, noise));
    }
}
