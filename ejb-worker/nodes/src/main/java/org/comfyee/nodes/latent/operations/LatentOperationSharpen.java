package org.comfyee.nodes.latent.operations;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.LatentOperation;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Sharpens the directions of vectors over the channels, and keeps their lengths. */
public final class LatentOperationSharpen implements Node {
    private static final double NEARLY_NOTHING = 1e-6;
    private static final double STRONGEST = 10;

    private static final Input<Integer> SHARPEN_RADIUS = Input.integer("sharpen_radius").defaultTo(9).range(1, 31).step(1);
    private static final Input<Double> SIGMA = Input.floating("sigma").defaultTo(1.0).range(0.1, 10.0).step(0.1);
    private static final Input<Double> ALPHA = Input.floating("alpha").defaultTo(0.1).range(0.0, 5.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("LatentOperationSharpen")
            .schema()
            .category("latent/advanced/operations")
            .module("comfy_extras.nodes_latent")
            .experimental()
            .inputs(SHARPEN_RADIUS, SIGMA, ALPHA)
            .outputs(Types.LATENT_OPERATION)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        int radius = inputs.get(SHARPEN_RADIUS);
        double sigma = inputs.get(SIGMA);
        double strength = inputs.get(ALPHA) * STRONGEST;
        LatentOperation operation = latents -> sharpened(latents, radius, sigma, strength);
        return Outputs.of(operation);
    }

    private static Tensor sharpened(Tensor latents, int radius, double sigma, double strength) {
        var length = latents.norm2(1, true).add(NEARLY_NOTHING);
        var maps = latents.div(length).reshape(latents.size(0) * latents.size(1), 1, latents.size(2), latents.size(3));
        var padded = maps.pad("reflect", 0, radius, radius, radius, radius);
        return padded.conv2d(kernel(radius, sigma, strength), null, 1, 0).reshape(latents.shape()).mul(length);
    }

    /** Takes a blurred picture from one that is so much stronger that even areas stay as they are. */
    private static Tensor kernel(int radius, double sigma, double strength) {
        int size = 2 * radius + 1;
        var values = new double[size * size];
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            double y = (double) (i / size - radius) / radius;
            double x = (double) (i % size - radius) / radius;
            values[i] = Math.exp(-(x * x + y * y) / (2 * sigma * sigma));
            sum += values[i];
        }
        var kernel = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            kernel[i] = (float) (-strength * values[i] / sum);
        }
        kernel[values.length / 2] += (float) (1 + strength);
        return Tensor.of(kernel, 1, 1, size, size);
    }
}
