package org.comfyee.nodes.latent;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.Optional;
import org.comfyee.nodes.Batches;
import org.comfyee.nodes.Latent;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Some items of a batch, which keep the noise that they would have had in it. */
public final class LatentFromBatch implements Node {
    private static final Input<Latent> SAMPLES = Input.of("samples", Types.LATENT);
    private static final Input<Integer> BATCH_INDEX = Input.integer("batch_index").defaultTo(0).range(0, 63);
    private static final Input<Integer> LENGTH = Input.integer("length").defaultTo(1).range(1, 64);

    private static final NodeDefinition DEFINITION = node("LatentFromBatch")
            .displayName("Latent From Batch")
            .category("latent/batch")
            .inputs(SAMPLES, BATCH_INDEX, LENGTH)
            .outputs(Types.LATENT)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var latent = inputs.get(SAMPLES);
        int items = (int) latent.samples().size(0);
        int from = Math.min(items - 1, inputs.get(BATCH_INDEX));
        int length = Math.min(items - from, inputs.get(LENGTH));
        var mask = latent.noiseMask().map(each -> each.size(0) == 1 ? each : Batches.repeatTo(each, items).narrow(0, from, length));
        return Outputs.of(new Latent(latent.samples().narrow(0, from, length), mask, Optional.of(latent.indices(0).subList(from, from + length))));
    }
}
