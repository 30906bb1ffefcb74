package org.comfyee.nodes.loaders;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.Optional;
import org.comfyee.diffusion.adapter.Lora;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.text.TextEncoder;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Output;
import org.comfyee.workflow.node.Outputs;

/** Patches a diffusion model and its text encoder with a LoRA. */
public final class LoraLoader implements Node {
    static final String DESCRIPTION = "LoRAs are used to modify diffusion and CLIP models, altering the way in which latents are denoised such as "
            + "applying styles. Multiple LoRA nodes can be linked together.";

    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL).tooltip("The diffusion model the LoRA will be applied to.");
    private static final Input<TextEncoder> CLIP = Input.of("clip", Types.CLIP).tooltip("The CLIP model the LoRA will be applied to.");
    private static final Input<String> LORA_NAME = Input.combo("lora_name", folders -> folders.models("loras")).tooltip("The name of the LoRA.");
    private static final Input<Double> STRENGTH_MODEL = strength("strength_model")
            .tooltip("How strongly to modify the diffusion model. This value can be negative.");
    private static final Input<Double> STRENGTH_CLIP = strength("strength_clip")
            .tooltip("How strongly to modify the CLIP model. This value can be negative.");

    private static final NodeDefinition DEFINITION = node("LoraLoader")
            .displayName("Load LoRA")
            .category("loaders")
            .description(DESCRIPTION)
            .inputs(MODEL, CLIP, LORA_NAME, STRENGTH_MODEL, STRENGTH_CLIP)
            .outputs(Output.of(Types.MODEL).tooltip("The modified diffusion model."), Output.of(Types.CLIP).tooltip("The modified CLIP model."))
            .build();

    static Input<Double> strength(String name) {
        return Input.floating(name).defaultTo(1.0).range(-100.0, 100.0).step(0.01);
    }

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        var model = inputs.get(MODEL);
        var text = inputs.get(CLIP);
        double forModel = inputs.get(STRENGTH_MODEL);
        double forText = inputs.get(STRENGTH_CLIP);
        if (forModel == 0 && forText == 0) {
            return Outputs.of(model, text);
        }
        var patched = Lora.open(context.folders().model("loras", inputs.get(LORA_NAME))).apply(Optional.of(model), forModel, Optional.of(text), forText);
        return Outputs.of(patched.model().orElseThrow(), patched.text().orElseThrow());
    }
}
