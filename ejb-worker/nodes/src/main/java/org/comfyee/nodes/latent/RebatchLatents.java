package org.comfyee.nodes.latent;

import static org.comfyee.nodes.Latent.SCALE;
import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.comfyee.nodes.Batches;
import org.comfyee.nodes.Latent;
import org.comfyee.nodes.Types;
import org.comfyee.nodes.mask.Masks;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Output;
import org.comfyee.workflow.node.Outputs;

/** Batches of one size out of batches of any. */
public final class RebatchLatents implements Node {
    private static final Input<Latent> LATENTS = Input.of("latents", Types.LATENT);
    private static final Input<Integer> BATCH_SIZE = Input.integer("batch_size").defaultTo(1).range(1, 4096);

    private static final NodeDefinition DEFINITION = node("RebatchLatents")
            .schema()
            .displayName("Rebatch Latents")
            .category("latent/batch")
            .module("comfy_extras.nodes_rebatch")
            .inputs(LATENTS, BATCH_SIZE)
            .outputs(Output.of(Types.LATENT).asList())
            .takesLists()
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        int size = inputs.list(BATCH_SIZE).getFirst();
        var batches = new ArrayList<Latent>();
        var waiting = new ArrayList<Latent>();
        int seen = 0;
        for (var latent : inputs.list(LATENTS)) {
            var items = items(latent, seen);
            seen += items.size();
            for (var item : items) {
                if (waiting.size() == size || !waiting.isEmpty() && !sameSize(waiting.getFirst(), item)) {
                    batches.add(joined(waiting));
                    waiting.clear();
                }
                waiting.add(item);
            }
        }
        if (!waiting.isEmpty()) {
            batches.add(joined(waiting));
        }
        return Outputs.of(batches);
    }

    private static boolean sameSize(Latent one, Latent other) {
        return one.samples().size(2) == other.samples().size(2) && one.samples().size(3) == other.samples().size(3);
    }

    private static List<Latent> items(Latent latent, int seen) {
        var index = latent.indices(seen);
        var masks = latent.noiseMask().map(mask -> Batches.repeatTo(mask, latent.samples().size(0)));
        return IntStream.range(0, index.size())
                .mapToObj(i -> new Latent(latent.samples().narrow(0, i, 1), masks.map(mask -> mask.narrow(0, i, 1)), Optional.of(List.of(index.get(i)))))
                .toList();
    }

    private static Latent joined(List<Latent> items) {
        var samples = Tensor.cat(items.stream().map(Latent::samples).toList(), 0);
        // One that covers everything is none.
        var masks = items.stream().anyMatch(item -> item.noiseMask().isPresent())
                ? Optional.of(masks(items)).filter(all -> all.mean().item() != 1)
                : Optional.<Tensor>empty();
        return new Latent(samples, masks, Optional.of(items.stream().flatMap(item -> item.indices(0).stream()).toList()));
    }

    /** In their own size, or where that differs, at the pictures' size. */
    private static Tensor masks(List<Latent> items) {
        long height = items.getFirst().samples().size(2) * SCALE;
        long width = items.getFirst().samples().size(3) * SCALE;
        var masks = items.stream()
                .map(item -> item.noiseMask().orElseGet(() -> Tensor.ones(ScalarType.FLOAT32, 1, 1, height, width)))
                .toList();
        boolean same = masks.stream().allMatch(mask -> Arrays.equals(mask.shape(), masks.getFirst().shape()));
        return Tensor.cat(same ? masks : masks.stream().map(mask -> Masks.resized(mask, height, width)).toList(), 0);
    }
}
