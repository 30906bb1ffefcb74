package org.comfyee.nodes.latent;

import static org.comfyee.nodes.Latent.SCALE;
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

/** A rectangle of latents. */
public final class LatentCrop implements Node {
    private static final Input<Latent> SAMPLES = Input.of("samples", Types.LATENT);
    private static final Input<Integer> WIDTH = Input.integer("width").defaultTo(512).range(64, Types.MAX_RESOLUTION).step(8);
    private static final Input<Integer> HEIGHT = Input.integer("height").defaultTo(512).range(64, Types.MAX_RESOLUTION).step(8);
    private static final Input<Integer> X = Input.integer("x").defaultTo(0).range(0, Types.MAX_RESOLUTION).step(8);
    private static final Input<Integer> Y = Input.integer("y").defaultTo(0).range(0, Types.MAX_RESOLUTION).step(8);

    /** How many cells are left of a side, 64 pixels. */
    private static final long FEWEST = 8;

    private static final NodeDefinition DEFINITION = node("LatentCrop")
            .displayName("Crop Latent")
            .category("latent/transform")
            .inputs(SAMPLES, WIDTH, HEIGHT, X, Y)
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
        var rows = cropped(samples, 2, inputs.get(Y) / SCALE, inputs.get(HEIGHT) / SCALE);
        return Outputs.of(latent.withSamples(cropped(rows, 3, inputs.get(X) / SCALE, inputs.get(WIDTH) / SCALE)));
    }

    /** Starts early enough for {@link #FEWEST} cells. */
    private static Tensor cropped(Tensor samples, int dim, long from, long length) {
        long size = samples.size(dim);
        long start = Math.min(from, size - FEWEST);
        long end = Math.min(start + length, size);
        // Where there are fewer, ComfyUI takes the negative start for one that counts from the end.
        long first = start < 0 ? Math.max(0, size + start) : start;
        return samples.narrow(dim, first, Math.max(0, end - first));
    }
}
