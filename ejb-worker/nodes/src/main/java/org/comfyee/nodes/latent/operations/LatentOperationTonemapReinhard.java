package org.comfyee.nodes.latent.operations;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.patch.PerItem;
import org.comfyee.nodes.LatentOperation;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/**
 * Compresses large vectors over the channels (Reinhard et al. 2002, "Photographic Tone Reproduction for Digital Images").
 */
public final class LatentOperationTonemapReinhard implements Node {
    private static final double NEARLY_NOTHING = 1e-10;

    private static final Input<Double> MULTIPLIER = Input.floating("multiplier").defaultTo(1.0).range(0.0, 100.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("LatentOperationTonemapReinhard")
            .schema()
            .category("latent/advanced/operations")
            .module("comfy_extras.nodes_latent")
            .experimental()
            .inputs(MULTIPLIER)
            .outputs(Types.LATENT_OPERATION)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        double multiplier = inputs.get(MULTIPLIER);
        LatentOperation operation = latents -> mapped(latents, multiplier);
        return Outputs.of(operation);
    }

    private static Tensor mapped(Tensor latents, double multiplier) {
        var length = latents.norm2(1, true).add(NEARLY_NOTHING);
        var top = PerItem.deviation(length).mul(5).add(PerItem.mean(length)).mul(multiplier);
        var share = length.div(top);
        return latents.div(length).mul(share.div(share.add(1)).mul(top));
    }
}
