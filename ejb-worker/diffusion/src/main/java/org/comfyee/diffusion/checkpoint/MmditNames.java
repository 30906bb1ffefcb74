package org.comfyee.diffusion.checkpoint;

import java.util.HashMap;
import java.util.Map;

/** The names that the diffusers library gives the weights of Stable Diffusion 3's transformer. */
public final class MmditNames {
    private static final Map<String, String> ALONE = Map.of(
            "context_embedder", "context_embedder",
            "t_embedder.mlp.0", "time_text_embed.timestep_embedder.linear_1", "t_embedder.mlp.2", "time_text_embed.timestep_embedder.linear_2",
            "y_embedder.mlp.0", "time_text_embed.text_embedder.linear_1", "y_embedder.mlp.2", "time_text_embed.text_embedder.linear_2",
            "x_embedder.proj", "pos_embed.proj", "final_layer.linear", "proj_out");
    private static final Map<String, String> OF_BLOCKS = Map.ofEntries(
            Map.entry("context_block.adaLN_modulation.1", "norm1_context.linear"), Map.entry("context_block.attn.proj", "attn.to_add_out"),
            Map.entry("context_block.mlp.fc1", "ff_context.net.0.proj"), Map.entry("context_block.mlp.fc2", "ff_context.net.2"),
            Map.entry("x_block.adaLN_modulation.1", "norm1.linear"), Map.entry("x_block.attn.proj", "attn.to_out.0"),
            Map.entry("x_block.mlp.fc1", "ff.net.0.proj"), Map.entry("x_block.mlp.fc2", "ff.net.2"), Map.entry("x_block.attn2.proj", "attn2.to_out.0"),
            Map.entry("context_block.attn.ln_q", "attn.norm_added_q"), Map.entry("context_block.attn.ln_k", "attn.norm_added_k"),
            Map.entry("x_block.attn.ln_q", "attn.norm_q"), Map.entry("x_block.attn.ln_k", "attn.norm_k"),
            Map.entry("x_block.attn2.ln_q", "attn2.norm_q"), Map.entry("x_block.attn2.ln_k", "attn2.norm_k"));

    private MmditNames() {}

    /** The places in a network by the names of diffusers. */
    public static Map<String, WeightPlace> of(Weights network) {
        return of(network.size("joint_blocks.0.x_block.attn.qkv.weight", 1), network.count("joint_blocks"));
    }

    /** The original name of a weight outside of the blocks; others keep theirs. */
    public static String original(String diffusers) {
        int end = diffusers.lastIndexOf('.');
        return ALONE.entrySet().stream()
                .filter(names -> end >= 0 && diffusers.substring(0, end).equals(names.getValue()))
                .map(names -> names.getKey() + diffusers.substring(end))
                .findFirst().orElse(diffusers);
    }

    /** The weights of a file of diffusers in the original layout; what else there is keeps its name. */
    public static Weights toOriginal(Weights diffusers) {
        var places = of(diffusers.size("pos_embed.proj.weight", 0), diffusers.count("transformer_blocks"));
        // Networks that use the text after the last block have a modulation like the others there.
        var last = "transformer_blocks." + (diffusers.count("transformer_blocks") - 1);
        if (diffusers.has(last + ".ff_context")) {
            places.put(last + ".norm1_context.linear.weight", WeightPlace.of(places.get(last + ".norm1_context.linear.weight").weight()));
        }
        return Relocation.toOriginal(diffusers, places);
    }

    private static Map<String, WeightPlace> of(long hidden, int blocks) {
        var names = new HashMap<String, WeightPlace>();
        ALONE.forEach((original, diffusers) -> names.put(diffusers + ".weight", WeightPlace.of(original + ".weight")));
        names.put("pos_embed.pos_embed", WeightPlace.of("pos_embed"));
        names.put("norm_out.linear.weight", WeightPlace.swapped("final_layer.adaLN_modulation.1.weight"));
        for (int i = 0; i < blocks; i++) {
            var from = "transformer_blocks." + i + ".";
            var to = "joint_blocks." + i + ".";
            OF_BLOCKS.forEach((original, diffusers) -> names.put(from + diffusers + ".weight", WeightPlace.of(to + original + ".weight")));
            Thirds.add(names, hidden, from + "attn.to_q", from + "attn.to_k", from + "attn.to_v", to + "x_block.attn.qkv.weight");
            Thirds.add(names, hidden, from + "attn2.to_q", from + "attn2.to_k", from + "attn2.to_v", to + "x_block.attn2.qkv.weight");
            Thirds.add(names, hidden, from + "attn.add_q_proj", from + "attn.add_k_proj", from + "attn.add_v_proj", to + "context_block.attn.qkv.weight");
        }
        // The text is not used after the last block, so its modulation is like that of the last layer.
        names.put("transformer_blocks." + (blocks - 1) + ".norm1_context.linear.weight",
                WeightPlace.swapped("joint_blocks." + (blocks - 1) + ".context_block.adaLN_modulation.1.weight"));
        return names;
    }
}
