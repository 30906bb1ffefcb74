package org.comfyee.nodes.mask;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Types;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Covers the pixels of one colour. */
public final class ImageColorToMask implements Node {
    private static final Input<Tensor> IMAGE = Input.of("image", Types.IMAGE);
    private static final Input<Integer> COLOR = Input.integer("color").defaultTo(0).range(0, 16777215).step(1).with("display", "color");

    private static final NodeDefinition DEFINITION = node("ImageColorToMask")
            .category("mask")
            .module("comfy_extras.nodes_mask")
            .inputs(IMAGE, COLOR)
            .outputs(Types.MASK)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var levels = inputs.get(IMAGE).clamp(0, 1).mul(255).round();
        int color = inputs.get(COLOR);
        var mask = equal(levels, 0, color >> 16 & 0xff).mul(equal(levels, 1, color >> 8 & 0xff)).mul(equal(levels, 2, color & 0xff));
        return Outputs.of(mask);
    }

    private static Tensor equal(Tensor levels, int channel, int level) {
        return levels.select(3, channel).eq(Tensor.scalar(level)).to(ScalarType.FLOAT32);
    }
}
