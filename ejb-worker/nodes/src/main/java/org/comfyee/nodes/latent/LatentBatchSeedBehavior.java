package org.comfyee.nodes.latent;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.comfyee.nodes.Latent;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Says whether the items of a batch get the same noise or each its own. */
public final class LatentBatchSeedBehavior implements Node {
    private static final Input<Latent> SAMPLES = Input.of("samples", Types.LATENT);
    private static final Input<String> SEED_BEHAVIOR = Input.combo("seed_behavior", List.of("random", "fixed")).defaultTo("fixed");

    private static final NodeDefinition DEFINITION = node("LatentBatchSeedBehavior")
            .schema()
            .category("latent/advanced")
            .module("comfy_extras.nodes_latent")
            .inputs(SAMPLES, SEED_BEHAVIOR)
            .outputs(Types.LATENT)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var latent = inputs.get(SAMPLES);
        boolean fixed = inputs.get(SEED_BEHAVIOR).equals("fixed");
        var index = Collections.nCopies((int) latent.samples().size(0), latent.indices(0).getFirst());
        return Outputs.of(new Latent(latent.samples(), latent.noiseMask(), fixed ? Optional.of(index) : Optional.empty()));
    }
}
