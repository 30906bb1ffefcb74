package org.comfyee.nodes.latent;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import org.comfyee.nodes.Batches;
import org.comfyee.nodes.Latent;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Latents side by side. */
public final class LatentConcat implements Node {
    private static final Input<Latent> SAMPLES1 = Input.of("samples1", Types.LATENT);
    private static final Input<Latent> SAMPLES2 = Input.of("samples2", Types.LATENT);
    private static final Input<String> DIM = Input.combo("dim", List.of("x", "-x", "y", "-y", "t", "-t"));

    private static final NodeDefinition DEFINITION = node("LatentConcat")
            .schema()
            .category("latent/advanced")
            .module("comfy_extras.nodes_latent")
            .inputs(SAMPLES1, SAMPLES2, DIM)
            .outputs(Types.LATENT)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var first = inputs.get(SAMPLES1);
        var second = Batches.repeatTo(inputs.get(SAMPLES2).samples(), first.samples().size(0));
        var name = inputs.get(DIM);
        var parts = name.startsWith("-") ? List.of(second, first.samples()) : List.of(first.samples(), second);
        return Outputs.of(first.withSamples(Tensor.cat(parts, LatentShapes.dim(name))));
    }
}
