package org.comfyee.nodes.hooks;

import org.comfyee.diffusion.hook.Keyframe;
import org.comfyee.diffusion.hook.Keyframes;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** From when on a hook counts how much. */
public final class CreateHookKeyframe implements Node {
    private static final Input<Double> STRENGTH_MULT = HookNodes.strength("strength_mult");

    private static final NodeDefinition DEFINITION = HookNodes.definition("CreateHookKeyframe", "Create Hook Keyframe", "/scheduling")
            .inputs(STRENGTH_MULT, HookNodes.START_PERCENT, HookNodes.PREV_HOOK_KF)
            .outputs(HookNodes.HOOK_KF)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var keyframe = Keyframe.of(inputs.get(STRENGTH_MULT), inputs.get(HookNodes.START_PERCENT));
        return Outputs.of(inputs.find(HookNodes.PREV_HOOK_KF).orElse(Keyframes.NONE).with(keyframe));
    }
}
