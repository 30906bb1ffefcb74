package org.comfyee.nodes.hooks;

import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A hook with a LoRA for the diffusion model alone. */
public final class CreateHookLoraModelOnly implements Node {
    private static final Input<String> LORA_NAME = Input.combo("lora_name", folders -> folders.models("loras"));
    private static final Input<Double> STRENGTH_MODEL = HookNodes.strength("strength_model");

    private static final NodeDefinition DEFINITION = HookNodes.definition("CreateHookLoraModelOnly", "Create Hook LoRA (MO)", "/create")
            .inputs(LORA_NAME, STRENGTH_MODEL, HookNodes.PREV_HOOKS)
            .outputs(Types.HOOKS)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        return HookCreation.lora(inputs, context, inputs.get(LORA_NAME), inputs.get(STRENGTH_MODEL), 0);
    }
}
