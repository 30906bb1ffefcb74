package org.comfyee.nodes.hooks;

import java.util.ArrayList;
import java.util.List;
import org.comfyee.workflow.node.DataType;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Keyframes with given strengths. */
public final class CreateHookKeyframesFromFloats implements Node {
    private static final Input<Object> FLOATS_STRENGTH = Input.of("floats_strength", new DataType<>("FLOATS", Object.class))
            .defaultTo(-1).with("min", -1L).step(0.001).with("forceInput", true);

    private static final NodeDefinition DEFINITION =
            HookNodes.definition("CreateHookKeyframesFromFloats", "Create Hook Keyframes From Floats", "/scheduling")
            .inputs(FLOATS_STRENGTH, HookNodes.START_PERCENT, HookNodes.END_PERCENT, HookNodes.PRINT_KEYFRAMES, HookNodes.PREV_HOOK_KF)
            .outputs(HookNodes.HOOK_KF)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(HookNodes.spread(inputs, strengths(inputs.get(FLOATS_STRENGTH))));
    }

    /** One number or several. */
    private static List<Double> strengths(Object value) {
        if (value instanceof Number number) {
            return List.of(number.doubleValue());
        }
        if (value instanceof Iterable<?> values) {
            var strengths = new ArrayList<Double>();
            values.forEach(each -> strengths.addAll(strengths(each)));
            return strengths;
        }
        throw new IllegalArgumentException("floats_strength is a " + value.getClass().getSimpleName() + ", expected a number or a list of numbers");
    }
}
