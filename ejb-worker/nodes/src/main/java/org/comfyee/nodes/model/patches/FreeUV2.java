package org.comfyee.nodes.model.patches;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.patch.FreeLunch;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** As FreeU, amplifying the more where the decoder carries more. */
public final class FreeUV2 implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<Double> B1 = Input.floating("b1").defaultTo(1.3).range(0.0, 10.0).step(0.01);
    private static final Input<Double> B2 = Input.floating("b2").defaultTo(1.4).range(0.0, 10.0).step(0.01);
    private static final Input<Double> S1 = Input.floating("s1").defaultTo(0.9).range(0.0, 10.0).step(0.01);
    private static final Input<Double> S2 = Input.floating("s2").defaultTo(0.2).range(0.0, 10.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("FreeU_V2")
            .category("model_patches/unet")
            .module("comfy_extras.nodes_freelunch")
            .inputs(MODEL, B1, B2, S1, S2)
            .outputs(Types.MODEL)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(inputs.get(MODEL).withNetworkPatch(
                FreeLunch.of(inputs.get(MODEL), inputs.get(B1), inputs.get(B2), inputs.get(S1), inputs.get(S2), true)));
    }
}
