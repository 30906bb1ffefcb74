package org.comfyee.nodes.loaders;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.Optional;
import org.comfyee.diffusion.adapter.Lora;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Patches a diffusion model with a LoRA. */
public final class LoraLoaderModelOnly implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<String> LORA_NAME = Input.combo("lora_name", folders -> folders.models("loras"));
    private static final Input<Double> STRENGTH_MODEL = LoraLoader.strength("strength_model");

    private static final NodeDefinition DEFINITION = node("LoraLoaderModelOnly")
            .category("loaders")
            .description(LoraLoader.DESCRIPTION)
            .inputs(MODEL, LORA_NAME, STRENGTH_MODEL)
            .outputs(Types.MODEL)
            .outputTooltips("The modified diffusion model.", "The modified CLIP model.")
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        var model = inputs.get(MODEL);
        double strength = inputs.get(STRENGTH_MODEL);
        if (strength == 0) {
            return Outputs.of(model);
        }
        var lora = Lora.open(context.folders().model("loras", inputs.get(LORA_NAME)));
        return Outputs.of(lora.apply(Optional.of(model), strength, Optional.empty(), 0).model().orElseThrow());
    }
}
