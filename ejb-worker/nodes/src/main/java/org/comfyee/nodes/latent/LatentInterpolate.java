package org.comfyee.nodes.latent;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Latent;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Latents between two others: directions and magnitudes mixed apart. */
public final class LatentInterpolate implements Node {
    private static final Input<Latent> SAMPLES1 = Input.of("samples1", Types.LATENT);
    private static final Input<Latent> SAMPLES2 = Input.of("samples2", Types.LATENT);
    private static final Input<Double> RATIO = Input.floating("ratio").defaultTo(1.0).range(0.0, 1.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("LatentInterpolate")
            .schema()
            .category("latent/advanced")
            .module("comfy_extras.nodes_latent")
            .inputs(SAMPLES1, SAMPLES2, RATIO)
            .outputs(Types.LATENT)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var first = inputs.get(SAMPLES1);
        var x = first.samples();
        var y = LatentShapes.like(inputs.get(SAMPLES2).samples(), x);
        double ratio = inputs.get(RATIO);
        var mixed = direction(x).mul(ratio).add(direction(y).mul(1 - ratio));
        return Outputs.of(first.withSamples(direction(mixed).mul(magnitude(x).mul(ratio).add(magnitude(y).mul(1 - ratio)))));
    }

    private static Tensor direction(Tensor x) {
        return x.div(magnitude(x)).nanToNum();
    }

    /**
     * In a batch of as many items as there are channels, ComfyUI takes the items' magnitudes for the channels', and the
     * pictures of such workflows depend on it.
     */
    private static Tensor magnitude(Tensor x) {
        return x.norm2(1, x.size(0) != x.size(1));
    }
}
