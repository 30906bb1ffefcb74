package org.comfyee.nodes.mask;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import org.comfyee.nodes.Types;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Changes a mask where another one lies. */
public final class MaskComposite implements Node {
    private static final Input<Tensor> DESTINATION = Input.of("destination", Types.MASK);
    private static final Input<Tensor> SOURCE = Input.of("source", Types.MASK);
    private static final Input<Integer> X = Input.integer("x").defaultTo(0).range(0, Types.MAX_RESOLUTION).step(1);
    private static final Input<Integer> Y = Input.integer("y").defaultTo(0).range(0, Types.MAX_RESOLUTION).step(1);
    private static final Input<String> OPERATION = Input.combo("operation", List.of("multiply", "add", "subtract", "and", "or", "xor"));

    private static final NodeDefinition DEFINITION = node("MaskComposite")
            .category("mask")
            .module("comfy_extras.nodes_mask")
            .inputs(DESTINATION, SOURCE, X, Y, OPERATION)
            .outputs(Types.MASK)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var result = Masks.batch(inputs.get(DESTINATION)).copy();
        var source = Masks.batch(inputs.get(SOURCE));
        int x = inputs.get(X);
        int y = inputs.get(Y);
        long width = Math.min(source.size(2), result.size(2) - x);
        long height = Math.min(source.size(1), result.size(1) - y);
        if (width > 0 && height > 0) {
            var under = result.narrow(1, y, height).narrow(2, x, width);
            var over = source.narrow(1, 0, height).narrow(2, 0, width);
            under.copyInPlace(combined(under, over, inputs.get(OPERATION)));
        }
        return Outputs.of(result.clamp(0, 1));
    }

    private static Tensor combined(Tensor under, Tensor over, String operation) {
        return switch (operation) {
            case "multiply" -> under.mul(over);
            case "add" -> under.add(over);
            case "subtract" -> under.sub(over);
            case "and" -> covered(under).mul(covered(over));
            case "or" -> covered(under).maximum(covered(over));
            case "xor" -> covered(under).sub(covered(over)).abs();
            default -> throw new IllegalArgumentException("the operation is '" + operation + "', expected one of multiply, add, subtract, and, or, xor");
        };
    }

    /** 1 or 0; of the half, 0. */
    private static Tensor covered(Tensor mask) {
        return mask.round().ne(Tensor.scalar(0)).to(ScalarType.FLOAT32);
    }
}
