package org.comfyee.nodes.hooks;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Keyframes whose strengths lead from one number to another. */
public final class CreateHookKeyframesInterpolated implements Node {
    private static final Input<Double> STRENGTH_START = strength("strength_start");
    private static final Input<Double> STRENGTH_END = strength("strength_end");
    private static final Input<String> INTERPOLATION = Input.combo("interpolation", List.of("linear", "ease_in", "ease_out", "ease_in_out"));
    private static final Input<Integer> KEYFRAMES_COUNT = Input.integer("keyframes_count").defaultTo(5).range(2, 100).step(1);

    private static final NodeDefinition DEFINITION =
            HookNodes.definition("CreateHookKeyframesInterpolated", "Create Hook Keyframes Interp.", "/scheduling")
            .inputs(STRENGTH_START, STRENGTH_END, INTERPOLATION, HookNodes.START_PERCENT, HookNodes.END_PERCENT, KEYFRAMES_COUNT,
                    HookNodes.PRINT_KEYFRAMES, HookNodes.PREV_HOOK_KF)
            .outputs(HookNodes.HOOK_KF)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        int count = inputs.get(KEYFRAMES_COUNT);
        double from = inputs.get(STRENGTH_START);
        double to = inputs.get(STRENGTH_END);
        DoubleUnaryOperator way = switch (inputs.get(INTERPOLATION)) {
            case "ease_in" -> share -> share * share;
            case "ease_out" -> share -> 1 - (1 - share) * (1 - share);
            case "ease_in_out" -> share -> (1 - Math.cos(share * Math.PI)) / 2;
            default -> DoubleUnaryOperator.identity();
        };
        var strengths = IntStream.range(0, count).mapToObj(i -> from + (to - from) * way.applyAsDouble((double) i / (count - 1))).toList();
        return Outputs.of(HookNodes.spread(inputs, strengths));
    }

    private static Input<Double> strength(String name) {
        return Input.floating(name).defaultTo(1.0).range(0.0, 10.0).step(0.001);
    }
}
