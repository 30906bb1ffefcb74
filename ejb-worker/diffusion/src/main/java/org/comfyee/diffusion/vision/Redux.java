package org.comfyee.diffusion.vision;

import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.FeedForward;
import org.comfyee.diffusion.layers.Linear;
import org.comfyee.torch.Tensor;

/** Flux.1 Redux (Black Forest Labs 2024), which reads SigLIP. */
final class Redux implements StyleModel {
    private final FeedForward layers;

    Redux(Weights weights) {
        layers = new FeedForward(Linear.of(weights.at("redux_up")), Tensor::silu, Linear.of(weights.at("redux_down")));
    }

    @Override
    public Tensor words(ClipVisionOutput seen) {
        return layers.apply(seen.lastHidden());
    }
}
