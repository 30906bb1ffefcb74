package org.comfyee.nodes.latent;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.tiles.Tiling;
import org.comfyee.diffusion.vae.VaeModel;
import org.comfyee.nodes.Latent;
import org.comfyee.nodes.TileProgress;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Pictures to latents in tiles, which takes less memory. */
public final class VaeEncodeTiled implements Node {
    private static final Input<Tensor> PIXELS = Input.of("pixels", Types.IMAGE);
    private static final Input<VaeModel> VAE = Input.of("vae", Types.VAE);
    private static final Input<Integer> TILE_SIZE = Input.integer("tile_size").defaultTo(512).range(64, 4096).step(64);
    private static final Input<Integer> OVERLAP = Input.integer("overlap").defaultTo(64).range(0, 4096).step(32);
    private static final Input<Integer> TEMPORAL_SIZE = Input.integer("temporal_size").defaultTo(64).range(8, 4096).step(4)
            .tooltip("Only used for video VAEs: Amount of frames to encode at a time.");
    private static final Input<Integer> TEMPORAL_OVERLAP = Input.integer("temporal_overlap").defaultTo(8).range(4, 4096).step(4)
            .tooltip("Only used for video VAEs: Amount of frames to overlap.");

    private static final NodeDefinition DEFINITION = node("VAEEncodeTiled")
            .displayName("VAE Encode (Tiled)")
            .category("_for_testing")
            .inputs(PIXELS, VAE, TILE_SIZE, OVERLAP, TEMPORAL_SIZE, TEMPORAL_OVERLAP)
            .outputs(Types.LATENT)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var pixels = inputs.get(PIXELS);
        int size = inputs.get(TILE_SIZE);
        var tiling = new Tiling(size, size, inputs.get(OVERLAP));
        long tiles = pixels.size(0) * tiling.countThrice(pixels.size(1), pixels.size(2));
        return Outputs.of(Latent.of(inputs.get(VAE).encodeTiled(pixels, tiling, new TileProgress(context, tiles))));
    }
}
