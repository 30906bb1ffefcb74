package org.comfyee.nodes.latent;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.comfyee.nodes.Batches;
import org.comfyee.nodes.Latent;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A batch several times over. */
public final class RepeatLatentBatch implements Node {
    private static final Input<Latent> SAMPLES = Input.of("samples", Types.LATENT);
    private static final Input<Integer> AMOUNT = Input.integer("amount").defaultTo(1).range(1, 64);

    private static final NodeDefinition DEFINITION = node("RepeatLatentBatch")
            .displayName("Repeat Latent Batch")
            .category("latent/batch")
            .inputs(SAMPLES, AMOUNT)
            .outputs(Types.LATENT)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var latent = inputs.get(SAMPLES);
        int amount = inputs.get(AMOUNT);
        var samples = latent.samples();
        long items = samples.size(0);
        var mask = latent.noiseMask().map(each -> each.size(0) == 1 ? each : Batches.repeatTo(each, each.size(0) * amount));
        return Outputs.of(new Latent(Batches.repeatTo(samples, items * amount), mask, latent.batchIndex().map(index -> repeated(index, amount))));
    }

    /** Each further round gets places, and with them noise, of its own. */
    private static List<Integer> repeated(List<Integer> index, int amount) {
        int span = Collections.max(index) - Collections.min(index) + 1;
        return IntStream.range(0, amount).boxed().flatMap(round -> index.stream().map(each -> each + round * span)).toList();
    }
}
