package org.comfyee.diffusion.flux;

import java.util.Optional;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.FeedForward;
import org.comfyee.diffusion.layers.Linear;
import org.comfyee.diffusion.unet.Timesteps;
import org.comfyee.torch.Tensor;

/**
 * One vector for the whole picture: the time, the pooled text and the guidance.
 *
 * @param guidanceIn only where a network was distilled to take the guidance as a number
 */
record FluxVector(FeedForward timeIn, FeedForward labelIn, Optional<FeedForward> guidanceIn) {
    private static final int TIME_CHANNELS = 256;
    /** Sigmas and guidance are told in thousandths. */
    private static final float TIME_FACTOR = 1000;

    static FluxVector of(Weights weights) {
        return new FluxVector(embedder(weights.at("time_in")), embedder(weights.at("vector_in")),
                Flux.isGuided(weights) ? Optional.of(embedder(weights.at("guidance_in"))) : Optional.empty());
    }

    private static FeedForward embedder(Weights weights) {
        return new FeedForward(Linear.of(weights.at("in_layer")), Tensor::silu, Linear.of(weights.at("out_layer")));
    }

    /**
     * @param like of the type and on the device of the result
     * @return {@code [batch, channels]}
     */
    Tensor apply(float[] timesteps, Tensor label, Optional<Tensor> guidance, Tensor like) {
        var vector = timeIn.apply(embedded(timesteps, like)).add(labelIn.apply(label));
        return guidanceIn.isPresent() && guidance.isPresent()
                ? vector.add(guidanceIn.get().apply(embedded(guidance.get().toFloats(), like)))
                : vector;
    }

    private static Tensor embedded(float[] values, Tensor like) {
        var scaled = values.clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= TIME_FACTOR;
        }
        return Timesteps.embed(scaled, TIME_CHANNELS, like);
    }
}
