package org.comfyee.nodes.latent;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.comfyee.nodes.Latent;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Two batches of latents as one. */
public final class LatentBatch implements Node {
    private static final Input<Latent> SAMPLES1 = Input.of("samples1", Types.LATENT);
    private static final Input<Latent> SAMPLES2 = Input.of("samples2", Types.LATENT);

    private static final NodeDefinition DEFINITION = node("LatentBatch")
            .schema()
            .category("latent/batch")
            .module("comfy_extras.nodes_latent")
            .inputs(SAMPLES1, SAMPLES2)
            .outputs(Types.LATENT)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var first = inputs.get(SAMPLES1);
        var second = inputs.get(SAMPLES2);
        var samples = Tensor.cat(List.of(first.samples(), LatentShapes.sized(second.samples(), first.samples())), 0);
        var index = Stream.concat(first.indices(0).stream(), second.indices(0).stream()).toList();
        return Outputs.of(new Latent(samples, first.noiseMask(), Optional.of(index)));
    }
}
