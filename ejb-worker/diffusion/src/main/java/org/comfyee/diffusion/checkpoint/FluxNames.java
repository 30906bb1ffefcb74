package org.comfyee.diffusion.checkpoint;

import java.util.HashMap;
import java.util.Map;

/** The names that the diffusers library gives the weights of Flux's transformer. */
public final class FluxNames {
    private static final Map<String, String> ALONE = Map.of(
            "final_layer.linear.weight", "proj_out", "img_in.weight", "x_embedder", "txt_in.weight", "context_embedder",
            "time_in.in_layer.weight", "time_text_embed.timestep_embedder.linear_1",
            "time_in.out_layer.weight", "time_text_embed.timestep_embedder.linear_2",
            "vector_in.in_layer.weight", "time_text_embed.text_embedder.linear_1",
            "vector_in.out_layer.weight", "time_text_embed.text_embedder.linear_2",
            "guidance_in.in_layer.weight", "time_text_embed.guidance_embedder.linear_1",
            "guidance_in.out_layer.weight", "time_text_embed.guidance_embedder.linear_2");
    private static final Map<String, String> OF_DOUBLE_BLOCKS = Map.ofEntries(
            Map.entry("img_attn.proj.weight", "attn.to_out.0"), Map.entry("img_mod.lin.weight", "norm1.linear"),
            Map.entry("txt_mod.lin.weight", "norm1_context.linear"), Map.entry("txt_attn.proj.weight", "attn.to_add_out"),
            Map.entry("img_mlp.0.weight", "ff.net.0.proj"), Map.entry("img_mlp.2.weight", "ff.net.2"),
            Map.entry("txt_mlp.0.weight", "ff_context.net.0.proj"), Map.entry("txt_mlp.2.weight", "ff_context.net.2"),
            Map.entry("img_attn.norm.query_norm.scale", "attn.norm_q"), Map.entry("img_attn.norm.key_norm.scale", "attn.norm_k"),
            Map.entry("txt_attn.norm.query_norm.scale", "attn.norm_added_q"), Map.entry("txt_attn.norm.key_norm.scale", "attn.norm_added_k"));
    private static final Map<String, String> OF_SINGLE_BLOCKS = Map.of("linear2.weight", "proj_out", "modulation.lin.weight", "norm.linear",
            "norm.query_norm.scale", "attn.norm_q", "norm.key_norm.scale", "attn.norm_k");

    private FluxNames() {}

    /** The places in a network by the names of diffusers. */
    public static Map<String, WeightPlace> of(Weights network) {
        long hidden = network.size("double_blocks.0.img_attn.qkv.weight", 1);
        int singles = network.count("single_blocks");
        long feed = singles == 0 ? 0 : network.size("single_blocks.0.linear1.weight", 0) - 3 * hidden;
        return of(hidden, feed, network.count("double_blocks"), singles);
    }

    /** The weights of a file of diffusers in the original layout; what else there is keeps its name. */
    public static Weights toOriginal(Weights diffusers) {
        int singles = diffusers.count("single_transformer_blocks");
        long feed = singles == 0 ? 0 : diffusers.size("single_transformer_blocks.0.proj_mlp.weight", 0);
        return Relocation.toOriginal(diffusers, of(diffusers.size("x_embedder.weight", 0), feed, diffusers.count("transformer_blocks"), singles));
    }

    private static Map<String, WeightPlace> of(long hidden, long feed, int doubles, int singles) {
        var names = new HashMap<String, WeightPlace>();
        ALONE.forEach((original, diffusers) -> names.put(diffusers + ".weight", WeightPlace.of(original)));
        names.put("norm_out.linear.weight", WeightPlace.swapped("final_layer.adaLN_modulation.1.weight"));
        for (int i = 0; i < doubles; i++) {
            var from = "transformer_blocks." + i + ".";
            var to = "double_blocks." + i + ".";
            OF_DOUBLE_BLOCKS.forEach((original, diffusers) -> names.put(from + diffusers + ".weight", WeightPlace.of(to + original)));
            Thirds.add(names, hidden, from + "attn.to_q", from + "attn.to_k", from + "attn.to_v", to + "img_attn.qkv.weight");
            Thirds.add(names, hidden, from + "attn.add_q_proj", from + "attn.add_k_proj", from + "attn.add_v_proj", to + "txt_attn.qkv.weight");
        }
        for (int i = 0; i < singles; i++) {
            var from = "single_transformer_blocks." + i + ".";
            var to = "single_blocks." + i + ".";
            OF_SINGLE_BLOCKS.forEach((original, diffusers) -> names.put(from + diffusers + ".weight", WeightPlace.of(to + original)));
            Thirds.add(names, hidden, from + "attn.to_q", from + "attn.to_k", from + "attn.to_v", to + "linear1.weight");
            names.put(from + "proj_mlp.weight", WeightPlace.rows(to + "linear1.weight", 3 * hidden, feed));
        }
        return names;
    }
}
