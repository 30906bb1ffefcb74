package org.comfyee.nodes.latent;

import static org.comfyee.nodes.Latent.SCALE;
import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import org.comfyee.nodes.Latent;
import org.comfyee.nodes.Types;
import org.comfyee.nodes.image.Resize;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Latents in another size; a side of 0 follows from the other. */
public final class LatentUpscale implements Node {
    /** The shortest side in pixels. */
    private static final int SMALLEST = 64;

    private static final Input<Latent> SAMPLES = Input.of("samples", Types.LATENT);
    private static final Input<String> UPSCALE_METHOD = Input.combo("upscale_method", Resize.LATENT_METHODS);
    private static final Input<Integer> WIDTH = Input.integer("width").defaultTo(512).range(0, Types.MAX_RESOLUTION).step(8);
    private static final Input<Integer> HEIGHT = Input.integer("height").defaultTo(512).range(0, Types.MAX_RESOLUTION).step(8);
    private static final Input<String> CROP = Input.combo("crop", List.of("disabled", "center"));

    private static final NodeDefinition DEFINITION = node("LatentUpscale")
            .displayName("Upscale Latent")
            .category("latent")
            .inputs(SAMPLES, UPSCALE_METHOD, WIDTH, HEIGHT, CROP)
            .outputs(Types.LATENT)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var latent = inputs.get(SAMPLES);
        var samples = latent.samples();
        int width = inputs.get(WIDTH);
        int height = inputs.get(HEIGHT);
        if (width == 0 && height == 0) {
            return Outputs.of(latent);
        }
        if (width == 0) {
            height = Math.max(SMALLEST, height);
            width = (int) Math.max(SMALLEST, Math.rint((double) samples.size(3) * height / samples.size(2)));
        } else if (height == 0) {
            width = Math.max(SMALLEST, width);
            height = (int) Math.max(SMALLEST, Math.rint((double) samples.size(2) * width / samples.size(3)));
        } else {
            width = Math.max(SMALLEST, width);
            height = Math.max(SMALLEST, height);
        }
        return Outputs.of(latent.withSamples(
                Resize.resize(samples, width / SCALE, height / SCALE, inputs.get(UPSCALE_METHOD), inputs.get(CROP))));
    }
}
