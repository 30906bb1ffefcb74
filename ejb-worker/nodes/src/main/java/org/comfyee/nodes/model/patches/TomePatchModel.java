package org.comfyee.nodes.model.patches;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.patch.ModelPatch;
import org.comfyee.diffusion.patch.TokenMerging;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Attention to the picture with fewer queries. */
public final class TomePatchModel implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<Double> RATIO = Input.floating("ratio").defaultTo(0.3).range(0.0, 1.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("TomePatchModel")
            .schema()
            .category("model_patches/unet")
            .module("comfy_extras.nodes_tomesd")
            .inputs(MODEL, RATIO)
            .outputs(Types.MODEL)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        double ratio = inputs.get(RATIO);
        return Outputs.of(inputs.get(MODEL).with(run -> ModelPatch.Hooks.of(new TokenMerging(ratio, run.random()))));
    }
}
