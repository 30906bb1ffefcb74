package org.comfyee.nodes.hooks;

import org.comfyee.diffusion.hook.HookedTextEncoder;
import org.comfyee.diffusion.text.TextEncoder;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A text encoder whose weights hooks change. */
public final class SetClipHooks implements Node {
    private static final Input<TextEncoder> CLIP = Input.of("clip", Types.CLIP);
    private static final Input<Boolean> APPLY_TO_CONDS = Input.bool("apply_to_conds").defaultTo(true);
    private static final Input<Boolean> SCHEDULE_CLIP = Input.bool("schedule_clip").defaultTo(false);

    private static final NodeDefinition DEFINITION = HookNodes.definition("SetClipHooks", "Set CLIP Hooks", "/clip")
            .inputs(CLIP, APPLY_TO_CONDS, SCHEDULE_CLIP, HookNodes.HOOKS)
            .outputs(Types.CLIP)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var clip = inputs.get(CLIP);
        return Outputs.of(inputs.find(HookNodes.HOOKS)
                .<TextEncoder>map(hooks -> new HookedTextEncoder(clip, hooks, inputs.get(APPLY_TO_CONDS), inputs.get(SCHEDULE_CLIP)))
                .orElse(clip));
    }
}
