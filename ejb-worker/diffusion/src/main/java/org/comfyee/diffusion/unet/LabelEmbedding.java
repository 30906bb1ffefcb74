package org.comfyee.diffusion.unet;

import java.util.Optional;
import java.util.function.Function;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.FeedForward;
import org.comfyee.diffusion.layers.Linear;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.torch.Tensor;

/** What is added to the embedding of the timestep for what a network is told beside the text: a vector, or a level by its number. */
@FunctionalInterface
interface LabelEmbedding {
    /** Levels by number, {@code [levels, channels]}. */
    String LEVELS = "label_emb.weight";

    /** @param given what the network is told */
    Tensor of(Function<TensorSlot, Tensor> given);

    /** @param network where {@code label_emb} lies, if it has that */
    static Optional<LabelEmbedding> in(Weights network) {
        if (network.has(LEVELS)) {
            var levels = network.get(LEVELS);
            return Optional.of(given -> levels.get().embedding(given.apply(TensorSlot.LEVEL)));
        }
        if (!network.has("label_emb")) {
            return Optional.empty();
        }
        var vector = embedder(network.at("label_emb.0"));
        return Optional.of(given -> vector.apply(given.apply(TensorSlot.LABEL)));
    }

    /** Two layers that make an embedding of a vector. */
    static FeedForward embedder(Weights weights) {
        return new FeedForward(Linear.of(weights.at("0")), Tensor::silu, Linear.of(weights.at("2")));
    }
}
