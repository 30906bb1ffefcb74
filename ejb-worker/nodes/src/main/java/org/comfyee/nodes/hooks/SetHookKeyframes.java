package org.comfyee.nodes.hooks;

import org.comfyee.diffusion.hook.Hooks;
import org.comfyee.diffusion.hook.Keyframes;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Hooks that count as keyframes say. */
public final class SetHookKeyframes implements Node {
    private static final Input<Hooks> HOOKS = Input.of("hooks", Types.HOOKS);
    private static final Input<Keyframes> HOOK_KF = Input.of("hook_kf", Types.HOOK_KEYFRAMES).optional();

    private static final NodeDefinition DEFINITION = HookNodes.definition("SetHookKeyframes", "Set Hook Keyframes", "/scheduling")
            .inputs(HOOKS, HOOK_KF)
            .outputs(Types.HOOKS)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var hooks = inputs.get(HOOKS);
        return Outputs.of(inputs.find(HOOK_KF).map(hooks::with).orElse(hooks));
    }
}
