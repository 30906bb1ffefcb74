package org.comfyee.diffusion.vision;

import java.util.HashMap;
import java.util.Map;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.text.OpenClipLayout;

/** The names that OpenCLIP gives the weights of a vision transformer, turned into those of Hugging Face. */
final class OpenClipVision {
    private static final String BLOCKS = "transformer.resblocks";
    private static final Map<String, String> NAMES = Map.of(
            "class_embedding", "embeddings.class_embedding",
            "conv1.weight", "embeddings.patch_embedding.weight",
            "positional_embedding", "embeddings.position_embedding.weight",
            "ln_pre.weight", "pre_layrnorm.weight",
            "ln_pre.bias", "pre_layrnorm.bias",
            "ln_post.weight", "post_layernorm.weight",
            "ln_post.bias", "post_layernorm.bias");

    private OpenClipVision() {}

    /** @param visual weights at {@code visual} */
    static Weights toHuggingFace(Weights visual) {
        var renamed = new HashMap<String, Parameter>();
        NAMES.forEach((name, newName) -> visual.find(name).ifPresent(parameter -> renamed.put("vision_model." + newName, parameter)));
        // A plain matrix that the state is multiplied with, where a linear layer multiplies with the transposed one.
        visual.find("proj").ifPresent(matrix -> renamed.put("visual_projection.weight", matrix.transposed(matrix.name())));
        var layers = OpenClipLayout.layers(visual.at(BLOCKS));
        layers.names().forEach(name -> renamed.put("vision_model.encoder.layers." + name, layers.get(name)));
        return Weights.of(renamed);
    }
}
