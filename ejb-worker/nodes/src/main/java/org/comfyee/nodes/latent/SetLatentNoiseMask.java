package org.comfyee.nodes.latent;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Latent;
import org.comfyee.nodes.Types;
import org.comfyee.nodes.mask.Masks;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Latents of which sampling changes only what a mask covers. */
public final class SetLatentNoiseMask implements Node {
    private static final Input<Latent> SAMPLES = Input.of("samples", Types.LATENT);
    private static final Input<Tensor> MASK = Input.of("mask", Types.MASK);

    private static final NodeDefinition DEFINITION = node("SetLatentNoiseMask")
            .displayName("Set Latent Noise Mask")
            .category("latent/inpaint")
            .inputs(SAMPLES, MASK)
            .outputs(Types.LATENT)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(inputs.get(SAMPLES).withNoiseMask(Masks.channel(inputs.get(MASK))));
    }
}
