package org.comfyee.nodes.hooks;

import java.io.IOException;
import org.comfyee.diffusion.adapter.Lora;
import org.comfyee.diffusion.hook.Hooks;
import org.comfyee.diffusion.hook.WeightChange;
import org.comfyee.diffusion.hook.WeightHook;
import org.comfyee.nodes.Models;
import org.comfyee.torch.Torch;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.Outputs;

/** Makes hooks of files. */
final class HookCreation {
    private HookCreation() {}

    /** The hooks before and one with a LoRA, unless it changes nothing. */
    static Outputs lora(Inputs inputs, NodeContext context, String name, double forModel, double forText) throws IOException {
        var before = HookNodes.hooks(inputs, HookNodes.PREV_HOOKS);
        if (forModel == 0 && forText == 0) {
            return Outputs.of(before);
        }
        Torch.loadConfigured();
        var lora = Lora.open(context.folders().model("loras", name));
        return Outputs.of(before.and(Hooks.of(WeightHook.of(new WeightChange.OfLora(lora), forModel, forText))));
    }

    /** The hooks before and one that moves models towards those of a checkpoint. */
    static Outputs checkpoint(Inputs inputs, NodeContext context, String name, double forModel, double forText) throws IOException {
        Torch.loadConfigured();
        var other = context.service(Models.class).checkpoint(context.folders().model("checkpoints", name));
        var change = new WeightChange.OfModels(other.model(), other.text());
        return Outputs.of(HookNodes.hooks(inputs, HookNodes.PREV_HOOKS).and(Hooks.of(WeightHook.of(change, forModel, forText))));
    }
}
