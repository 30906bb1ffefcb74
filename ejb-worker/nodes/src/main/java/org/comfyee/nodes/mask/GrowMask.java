package org.comfyee.nodes.mask;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Lets a mask grow or, with a negative number, shrink by some pixels. */
public final class GrowMask implements Node {
    private static final Input<Tensor> MASK = Input.of("mask", Types.MASK);
    private static final Input<Integer> EXPAND = Input.integer("expand").defaultTo(0).range(-16384, Types.MAX_RESOLUTION).step(1);
    private static final Input<Boolean> TAPERED_CORNERS = Input.bool("tapered_corners").defaultTo(true);

    private static final NodeDefinition DEFINITION = node("GrowMask")
            .category("mask")
            .module("comfy_extras.nodes_mask")
            .inputs(MASK, EXPAND, TAPERED_CORNERS)
            .outputs(Types.MASK)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var mask = Masks.batch(inputs.get(MASK));
        int expand = inputs.get(EXPAND);
        // After as many steps as the sides are long nothing changes any more.
        long steps = Math.min(Math.abs(expand), mask.size(1) + mask.size(2));
        var grown = expand < 0 ? mask.neg() : mask.copy();
        for (long i = 0; i < steps; i++) {
            try (var _ = new TensorScope()) {
                grown.copyInPlace(grown(grown, inputs.get(TAPERED_CORNERS)));
            }
            context.checkInterrupted();
        }
        return Outputs.of(expand < 0 ? grown.neg() : grown);
    }

    /** For each pixel the largest value of its neighbours and itself; beyond the edge lies what lies at the edge. */
    private static Tensor grown(Tensor mask, boolean tapered) {
        var padded = mask.pad("replicate", 0, 1, 1, 1, 1);
        var largest = mask;
        for (int y = 0; y < 3; y++) {
            for (int x = 0; x < 3; x++) {
                if (!tapered || x == 1 || y == 1) {
                    largest = largest.maximum(padded.narrow(1, y, mask.size(1)).narrow(2, x, mask.size(2)));
                }
            }
        }
        return largest;
    }
}
