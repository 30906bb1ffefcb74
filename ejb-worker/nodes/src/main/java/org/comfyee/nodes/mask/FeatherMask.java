package org.comfyee.nodes.mask;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.Arrays;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Lets a mask fade towards its edges. */
public final class FeatherMask implements Node {
    private static final Input<Tensor> MASK = Input.of("mask", Types.MASK);
    private static final Input<Integer> LEFT = Input.integer("left").defaultTo(0).range(0, Types.MAX_RESOLUTION).step(1);
    private static final Input<Integer> TOP = Input.integer("top").defaultTo(0).range(0, Types.MAX_RESOLUTION).step(1);
    private static final Input<Integer> RIGHT = Input.integer("right").defaultTo(0).range(0, Types.MAX_RESOLUTION).step(1);
    private static final Input<Integer> BOTTOM = Input.integer("bottom").defaultTo(0).range(0, Types.MAX_RESOLUTION).step(1);

    private static final NodeDefinition DEFINITION = node("FeatherMask")
            .category("mask")
            .module("comfy_extras.nodes_mask")
            .inputs(MASK, LEFT, TOP, RIGHT, BOTTOM)
            .outputs(Types.MASK)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var mask = Masks.batch(inputs.get(MASK));
        var rows = ramps((int) mask.size(1), inputs.get(TOP), inputs.get(BOTTOM));
        var columns = ramps((int) mask.size(2), inputs.get(LEFT), inputs.get(RIGHT));
        return Outputs.of(mask.mul(columns.reshape(1, 1, -1)).mul(rows.reshape(1, -1, 1)));
    }

    /**
     * Factors along a side. The ramp at the far end begins at the first pixel, wraps around and goes on backwards from the
     * last one: an oddity of ComfyUI that recorded pictures show.
     */
    private static Tensor ramps(int length, int before, int after) {
        var factors = new float[length];
        Arrays.fill(factors, 1);
        int near = Math.min(before, length);
        int far = Math.min(after, length);
        for (int i = 0; i < near; i++) {
            factors[i] *= (i + 1f) / near;
        }
        for (int i = 0; i < far; i++) {
            factors[(length - i) % length] *= (i + 1f) / far;
        }
        return Tensor.of(factors, length);
    }
}
