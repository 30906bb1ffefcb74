package org.comfyee.nodes.sampling.samplers;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import org.comfyee.diffusion.sampling.ConfiguredSamplers;
import org.comfyee.nodes.Types;
import org.comfyee.nodes.image.Resize;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Sampling of latent consistency models during which the latents grow. */
public final class SamplerLcmUpscale implements Node {
    private static final Input<Double> SCALE_RATIO = Input.floating("scale_ratio").defaultTo(1.0).range(0.1, 20.0).step(0.01);
    private static final Input<Integer> SCALE_STEPS = Input.integer("scale_steps").defaultTo(-1).range(-1, 1000).step(1);
    private static final Input<String> UPSCALE_METHOD = Input.combo("upscale_method",
            List.of("bislerp", "nearest-exact", "bilinear", "area", "bicubic"));

    private static final NodeDefinition DEFINITION = node("SamplerLCMUpscale")
            .schema()
            .category("sampling/custom_sampling/samplers")
            .module("comfy_extras.nodes_advanced_samplers")
            .inputs(SCALE_RATIO, SCALE_STEPS, UPSCALE_METHOD)
            .outputs(Types.SAMPLER)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var method = inputs.get(UPSCALE_METHOD);
        return Outputs.of(ConfiguredSamplers.lcmUpscale(inputs.get(SCALE_RATIO), inputs.get(SCALE_STEPS),
                (x, width, height) -> Resize.resize(x, width, height, method, "disabled")));
    }
}
