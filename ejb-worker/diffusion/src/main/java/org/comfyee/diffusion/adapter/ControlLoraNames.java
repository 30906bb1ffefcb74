package org.comfyee.diffusion.adapter;

import java.util.Map;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.torch.Tensor;

/** The names in Flux's LoRAs for control by edges and depth, which also widen the network's input. */
final class ControlLoraNames {
    private ControlLoraNames() {}

    /** The weights as the other formats name them; those of other files as they are. */
    static Weights generic(Weights weights) {
        var input = weights.find("img_in.lora_A.weight");
        if (input.isEmpty() || weights.find("single_blocks.0.norm.key_norm.scale").isEmpty()) {
            return weights;
        }
        long out = weights.size("img_in.lora_B.weight", 0);
        long in = input.get().shape()[1];
        var renamed = weights.renamed(name -> "diffusion_model." + name
                .replace(".lora_B.bias", ".diff_b")
                .replace("_norm.scale", "_norm.scale.set_weight"));
        return renamed.with(Map.of("diffusion_model.img_in.reshape_weight",
                input.get().derived("img_in.reshape_weight", new long[] {2}, _ -> Tensor.of(new float[] {out, in}, 2))));
    }
}
