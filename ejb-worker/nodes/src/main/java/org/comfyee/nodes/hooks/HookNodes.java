package org.comfyee.nodes.hooks;

import java.lang.System.Logger.Level;
import java.util.List;
import org.comfyee.diffusion.hook.Hooks;
import org.comfyee.diffusion.hook.Keyframe;
import org.comfyee.diffusion.hook.Keyframes;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Output;

/** What the nodes of hooks have in common. */
final class HookNodes {
    static final Input<Hooks> HOOKS = Input.of("hooks", Types.HOOKS).optional();
    static final Input<Hooks> PREV_HOOKS = Input.of("prev_hooks", Types.HOOKS).optional();
    static final Input<Keyframes> PREV_HOOK_KF = Input.of("prev_hook_kf", Types.HOOK_KEYFRAMES).optional();
    static final Input<Double> START_PERCENT = percent("start_percent", 0.0);
    static final Input<Double> END_PERCENT = percent("end_percent", 1.0);
    static final Input<Boolean> PRINT_KEYFRAMES = Input.bool("print_keyframes").defaultTo(false);
    static final Output HOOK_KF = Output.of(Types.HOOK_KEYFRAMES).named("HOOK_KF");
    private static final System.Logger LOG = System.getLogger(HookNodes.class.getName());

    private HookNodes() {}

    /** @param group below the category of all hooks */
    static NodeDefinition.Builder definition(String name, String displayName, String group) {
        return NodeDefinition.node(name)
                .displayName(displayName)
                .category("advanced/hooks" + group)
                .module("comfy_extras.nodes_hooks")
                .experimental();
    }

    static Input<Double> strength(String name) {
        return Input.floating(name).defaultTo(1.0).range(-20.0, 20.0).step(0.01);
    }

    private static Input<Double> percent(String name, double usual) {
        return Input.floating(name).defaultTo(usual).range(0.0, 1.0).step(0.001);
    }

    /** The hooks that an optional input gives, or none. */
    static Hooks hooks(Inputs inputs, Input<Hooks> input) {
        return inputs.find(input).orElse(Hooks.NONE);
    }

    /** Keyframes at even distances after those that there were; only the first of them is sure of a step. */
    static Keyframes spread(Inputs inputs, List<Double> strengths) {
        double start = inputs.get(START_PERCENT);
        double end = inputs.get(END_PERCENT);
        var keyframes = inputs.find(PREV_HOOK_KF).orElse(Keyframes.NONE);
        for (int i = 0; i < strengths.size(); i++) {
            double place = strengths.size() == 1 ? start : start + (end - start) * i / (strengths.size() - 1);
            keyframes = keyframes.with(new Keyframe(strengths.get(i), place, i == 0 ? 1 : 0));
            if (inputs.get(PRINT_KEYFRAMES)) {
                LOG.log(Level.INFO, "hook keyframe: start_percent " + place + ", strength " + strengths.get(i));
            }
        }
        return keyframes;
    }
}
