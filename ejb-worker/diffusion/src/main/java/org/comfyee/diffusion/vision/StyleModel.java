package org.comfyee.diffusion.vision;

import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.flux.Flux;
import org.comfyee.torch.Tensor;

/** What turns a picture, as a vision model sees it, into words that a diffusion model reads. */
public interface StyleModel {
    /**
     * @param weights of a style adapter or of Flux Redux
     * @throws IllegalArgumentException if they are of another model
     */
    static StyleModel of(Weights weights) {
        if (weights.has("style_embedding")) {
            return new StyleAdapter(weights);
        }
        if (weights.has("redux_down.weight")) {
            return new Redux(weights);
        }
        throw new IllegalArgumentException("the weights are neither those of a style adapter nor those of Flux Redux");
    }

    /** @return {@code [batch, tokens, channels]} */
    Tensor words(ClipVisionOutput seen);
}
