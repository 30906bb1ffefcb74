package org.comfyee.diffusion.control;

import org.comfyee.diffusion.checkpoint.DiffusersUNetNames;
import org.comfyee.diffusion.checkpoint.Weights;

/** The names that the diffusers library gives the weights of a ControlNet, turned into the original ones. */
final class DiffusersControlNames {
    private static final String HINT = "controlnet_cond_embedding.";
    private static final String BLOCK = HINT + "blocks.";
    private static final String DOWN = "controlnet_down_blocks.";

    private DiffusersControlNames() {}

    static Weights toOriginal(Weights weights) {
        return DiffusersUNetNames.toOriginal(weights).renamed(DiffusersControlNames::original);
    }

    private static String original(String name) {
        if (name.startsWith(BLOCK)) {
            var rest = name.substring(BLOCK.length());
            int dot = rest.indexOf('.');
            return "input_hint_block." + 2 * (Integer.parseInt(rest.substring(0, dot)) + 1) + rest.substring(dot);
        }
        if (name.startsWith(DOWN)) {
            var rest = name.substring(DOWN.length());
            int dot = rest.indexOf('.');
            return "zero_convs." + rest.substring(0, dot) + ".0" + rest.substring(dot);
        }
        return name.replace(HINT + "conv_in.", "input_hint_block.0.").replace(HINT + "conv_out.", "input_hint_block.14.")
                .replace("controlnet_mid_block.", "middle_block_out.0.");
    }
}
