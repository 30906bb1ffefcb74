package org.comfyee.diffusion.adapter;

import java.util.HashMap;
import java.util.Map;
import org.comfyee.diffusion.checkpoint.Weights;

/** The names that the diffusers library gives the weights of Flux's transformer. */
final class FluxNames {
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

    static Map<String, Target> of(Weights network) {
        var names = new HashMap<String, Target>();
        ALONE.forEach((original, diffusers) -> names.put(diffusers + ".weight", Target.of(original)));
        names.put("norm_out.linear.weight", Target.swapped("final_layer.adaLN_modulation.1.weight"));
        for (int i = 0; i < network.count("double_blocks"); i++) {
            var from = "transformer_blocks." + i + ".";
            var to = "double_blocks." + i + ".";
            OF_DOUBLE_BLOCKS.forEach((original, diffusers) -> names.put(from + diffusers + ".weight", Target.of(to + original)));
            Thirds.add(names, network, from + "attn.to_q", from + "attn.to_k", from + "attn.to_v", to + "img_attn.qkv.weight");
            Thirds.add(names, network, from + "attn.add_q_proj", from + "attn.add_k_proj", from + "attn.add_v_proj", to + "txt_attn.qkv.weight");
        }
        for (int i = 0; i < network.count("single_blocks"); i++) {
            addSingleBlock(names, network, "single_transformer_blocks." + i + ".", "single_blocks." + i + ".");
        }
        return names;
    }

    private static void addSingleBlock(Map<String, Target> names, Weights network, String from, String to) {
        OF_SINGLE_BLOCKS.forEach((original, diffusers) -> names.put(from + diffusers + ".weight", Target.of(to + original)));
        var joined = to + "linear1.weight";
        long hidden = network.size(joined, 1);
        names.put(from + "attn.to_q.weight", Target.rows(joined, 0, hidden));
        names.put(from + "attn.to_k.weight", Target.rows(joined, hidden, hidden));
        names.put(from + "attn.to_v.weight", Target.rows(joined, 2 * hidden, hidden));
        names.put(from + "proj_mlp.weight", Target.rows(joined, 3 * hidden, network.size(joined, 0) - 3 * hidden));
    }
}
