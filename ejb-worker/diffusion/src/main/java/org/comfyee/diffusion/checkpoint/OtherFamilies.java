package org.comfyee.diffusion.checkpoint;

import java.util.Map;

/** Families of diffusion models that are known by name only, by weights that no other has. */
final class OtherFamilies {
    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("clf.1.weight", "Stable Cascade"),
            Map.entry("transformer.rotary_pos_emb.inv_freq", "Stable Audio"),
            Map.entry("double_layers.0.attn.w1q.weight", "AuraFlow"),
            Map.entry("mlp_t5.0.weight", "Hunyuan-DiT"),
            Map.entry("txt_in.individual_token_refiner.blocks.0.norm1.weight", "Hunyuan Video"),
            Map.entry("distilled_guidance_layer.norms.0.scale", "Chroma"),
            Map.entry("distilled_guidance_layer.0.norms.0.scale", "Chroma"),
            Map.entry("t5_yproj.weight", "Mochi"),
            Map.entry("adaln_single.emb.timestep_embedder.linear_1.bias", "LTX-Video or PixArt"),
            Map.entry("t_block.1.weight", "PixArt"),
            Map.entry("genre_embedder.weight", "ACE-Step"),
            Map.entry("blocks.block0.blocks.0.block.attn.to_q.0.weight", "Cosmos"),
            Map.entry("blocks.0.mlp.layer1.weight", "Cosmos Predict 2"),
            Map.entry("cap_embedder.1.weight", "Lumina 2"),
            Map.entry("head.modulation", "Wan"),
            Map.entry("latent_in.weight", "Hunyuan3D"),
            Map.entry("caption_projection.0.linear.weight", "HiDream"),
            Map.entry("time_caption_embed.timestep_embedder.linear_1.bias", "OmniGen 2"),
            Map.entry("txt_norm.weight", "Qwen-Image"));

    private OtherFamilies() {}

    /** @throws CheckpointException if the network is of one of them */
    static void refuse(String file, Weights network) throws CheckpointException {
        for (var family : NAMES.entrySet()) {
            if (network.has(family.getKey())) {
                throw new CheckpointException(file + " holds a model of the family " + family.getValue()
                        + ", which is not supported; expected Stable Diffusion, SDXL, Stable Diffusion 3 or Flux");
            }
        }
    }
}
