package org.comfyee.nodes.merging;

import java.util.List;
import java.util.Optional;
import org.comfyee.diffusion.adapter.LoraExtraction;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.text.TextEncoder;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Hidden;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Writes what models have more than others as a LoRA. */
public final class LoraSave implements Node {
    private static final String STANDARD = "standard";

    private static final Input<String> FILENAME_PREFIX = SavedModels.prefix("loras/ComfyUI_extracted_lora");
    private static final Input<Integer> RANK = Input.integer("rank").defaultTo(8).range(1, 4096).step(1);
    private static final Input<String> LORA_TYPE = Input.combo("lora_type", List.of(STANDARD, "full_diff"));
    private static final Input<Boolean> BIAS_DIFF = Input.bool("bias_diff").defaultTo(true);
    private static final Input<DiffusionModel> MODEL_DIFF = Input.of("model_diff", Types.MODEL)
            .optional().tooltip("The ModelSubtract output to be converted to a lora.");
    private static final Input<TextEncoder> TEXT_ENCODER_DIFF = Input.of("text_encoder_diff", Types.CLIP)
            .optional().tooltip("The CLIPSubtract output to be converted to a lora.");

    private static final NodeDefinition DEFINITION = NodeDefinition.node("LoraSave")
            .schema()
            .displayName("Extract and Save Lora")
            .module("comfy_extras.nodes_lora_extract")
            .category("_for_testing")
            .experimental()
            .inputs(FILENAME_PREFIX, RANK, LORA_TYPE, BIAS_DIFF, MODEL_DIFF, TEXT_ENCODER_DIFF)
            .hidden(Hidden.PROMPT, Hidden.EXTRA_PNGINFO)
            .outputNode()
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        var model = inputs.find(MODEL_DIFF);
        var text = inputs.find(TEXT_ENCODER_DIFF);
        if (model.isPresent() || text.isPresent()) {
            var rank = inputs.get(LORA_TYPE).equals(STANDARD) ? Optional.of(inputs.get(RANK)) : Optional.<Integer>empty();
            var extraction = new LoraExtraction(rank, inputs.get(BIAS_DIFF));
            SavedModels.save(context, inputs.get(FILENAME_PREFIX), path -> extraction.write(path, model, text));
        }
        return Outputs.of();
    }
}
