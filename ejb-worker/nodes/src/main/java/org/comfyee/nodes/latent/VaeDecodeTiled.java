package org.comfyee.nodes.latent;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.tiles.Tiling;
import org.comfyee.diffusion.vae.VaeModel;
import org.comfyee.nodes.Latent;
import org.comfyee.nodes.TileProgress;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Latents to pictures in tiles, which takes less memory. */
public final class VaeDecodeTiled implements Node {
    private static final Input<Latent> SAMPLES = Input.of("samples", Types.LATENT);
    private static final Input<VaeModel> VAE = Input.of("vae", Types.VAE);
    private static final Input<Integer> TILE_SIZE = Input.integer("tile_size").defaultTo(512).range(64, 4096).step(32);
    private static final Input<Integer> OVERLAP = Input.integer("overlap").defaultTo(64).range(0, 4096).step(32);
    private static final Input<Integer> TEMPORAL_SIZE = Input.integer("temporal_size").defaultTo(64).range(8, 4096).step(4)
            .tooltip("Only used for video VAEs: Amount of frames to decode at a time.");
    private static final Input<Integer> TEMPORAL_OVERLAP = Input.integer("temporal_overlap").defaultTo(8).range(4, 4096).step(4)
            .tooltip("Only used for video VAEs: Amount of frames to overlap.");

    private static final NodeDefinition DEFINITION = node("VAEDecodeTiled")
            .displayName("VAE Decode (Tiled)")
            .category("_for_testing")
            .inputs(SAMPLES, VAE, TILE_SIZE, OVERLAP, TEMPORAL_SIZE, TEMPORAL_OVERLAP)
            .outputs(Types.IMAGE)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var samples = inputs.get(SAMPLES).samples();
        var vae = inputs.get(VAE);
        int size = inputs.get(TILE_SIZE);
        int overlap = Math.min(inputs.get(OVERLAP), size / 4);
        var tiling = new Tiling(size / vae.scale(), size / vae.scale(), overlap / vae.scale());
        long tiles = samples.size(0) * tiling.countThrice(samples.size(2), samples.size(3));
        return Outputs.of(vae.decodeTiled(samples, tiling, new TileProgress(context, tiles)));
    }
}
