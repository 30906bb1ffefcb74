package org.comfyee.nodes.model.patches;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.patch.ModelPatch;
import org.comfyee.diffusion.patch.Tiling;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Attention to the picture within tiles of it. */
public final class HyperTile implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<Integer> TILE_SIZE = Input.integer("tile_size").defaultTo(256).range(1, 2048);
    private static final Input<Integer> SWAP_SIZE = Input.integer("swap_size").defaultTo(2).range(1, 128);
    private static final Input<Integer> MAX_DEPTH = Input.integer("max_depth").defaultTo(0).range(0, 10);
    private static final Input<Boolean> SCALE_DEPTH = Input.bool("scale_depth").defaultTo(false);

    private static final NodeDefinition DEFINITION = node("HyperTile")
            .schema()
            .category("model_patches/unet")
            .module("comfy_extras.nodes_hypertile")
            .inputs(MODEL, TILE_SIZE, SWAP_SIZE, MAX_DEPTH, SCALE_DEPTH)
            .outputs(Types.MODEL)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        int tileSize = inputs.get(TILE_SIZE);
        int choices = inputs.get(SWAP_SIZE);
        int maxDepth = inputs.get(MAX_DEPTH);
        boolean scaleDepth = inputs.get(SCALE_DEPTH);
        return Outputs.of(inputs.get(MODEL).with(run ->
                ModelPatch.Hooks.of(new Tiling(tileSize, choices, maxDepth, scaleDepth, run.random()))));
    }
}
