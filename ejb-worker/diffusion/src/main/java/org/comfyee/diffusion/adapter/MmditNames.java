package org.comfyee.diffusion.adapter;

import java.util.HashMap;
import java.util.Map;
import org.comfyee.diffusion.checkpoint.Weights;

/** The names that the diffusers library gives the weights of Stable Diffusion 3's transformer. */
final class MmditNames {
    private static final Map<String, String> ALONE = Map.of(
            "context_embedder", "context_embedder",
            "t_embedder.mlp.0", "time_text_embed.timestep_embedder.linear_1", "t_embedder.mlp.2", "time_text_embed.timestep_embedder.linear_2",
            "y_embedder.mlp.0", "time_text_embed.text_embedder.linear_1", "y_embedder.mlp.2", "time_text_embed.text_embedder.linear_2",
            "x_embedder.proj", "pos_embed.proj", "final_layer.linear", "proj_out");
    private static final Map<String, String> OF_BLOCKS = Map.of(
            "context_block.adaLN_modulation.1", "norm1_context.linear", "context_block.attn.proj", "attn.to_add_out",
            "context_block.mlp.fc1", "ff_context.net.0.proj", "context_block.mlp.fc2", "ff_context.net.2",
            "x_block.adaLN_modulation.1", "norm1.linear", "x_block.attn.proj", "attn.to_out.0",
            "x_block.mlp.fc1", "ff.net.0.proj", "x_block.mlp.fc2", "ff.net.2", "x_block.attn2.proj", "attn2.to_out.0");

    private MmditNames() {}

    static Map<String, Target> of(Weights network) {
        var names = new HashMap<String, Target>();
        ALONE.forEach((original, diffusers) -> names.put(diffusers + ".weight", Target.of(original + ".weight")));
        names.put("norm_out.linear.weight", Target.swapped("final_layer.adaLN_modulation.1.weight"));
        int blocks = network.count("joint_blocks");
        for (int i = 0; i < blocks; i++) {
            var from = "transformer_blocks." + i + ".";
            var to = "joint_blocks." + i + ".";
            OF_BLOCKS.forEach((original, diffusers) -> names.put(from + diffusers + ".weight", Target.of(to + original + ".weight")));
            Thirds.add(names, network, from + "attn.to_q", from + "attn.to_k", from + "attn.to_v", to + "x_block.attn.qkv.weight");
            Thirds.add(names, network, from + "attn2.to_q", from + "attn2.to_k", from + "attn2.to_v", to + "x_block.attn2.qkv.weight");
            Thirds.add(names, network, from + "attn.add_q_proj", from + "attn.add_k_proj", from + "attn.add_v_proj",
                    to + "context_block.attn.qkv.weight");
        }
        // The text is not used after the last block, so its modulation is like that of the last layer.
        names.put("transformer_blocks." + (blocks - 1) + ".norm1_context.linear.weight",
                Target.swapped("joint_blocks." + (blocks - 1) + ".context_block.adaLN_modulation.1.weight"));
        return names;
    }
}
