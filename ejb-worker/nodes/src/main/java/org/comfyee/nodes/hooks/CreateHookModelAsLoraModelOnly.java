package org.comfyee.nodes.hooks;

import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A hook that moves the diffusion model alone towards that of a checkpoint. */
public final class CreateHookModelAsLoraModelOnly implements Node {
    private static final Input<String> CKPT_NAME = Input.combo("ckpt_name", folders -> folders.models("checkpoints"));
    private static final Input<Double> STRENGTH_MODEL = HookNodes.strength("strength_model");

    private static final NodeDefinition DEFINITION =
            HookNodes.definition("CreateHookModelAsLoraModelOnly", "Create Hook Model as LoRA (MO)", "/create")
            .inputs(CKPT_NAME, STRENGTH_MODEL, HookNodes.PREV_HOOKS)
            .outputs(Types.HOOKS)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        return HookCreation.checkpoint(inputs, context, inputs.get(CKPT_NAME), inputs.get(STRENGTH_MODEL), 0);
    }
}
