package org.comfyee.diffusion.flux;

import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.Heads;
import org.comfyee.diffusion.layers.RmsNorm;
import org.comfyee.torch.Tensor;

/** Splits tokens into heads whose queries and keys are normalised. */
record NormedAttention(RmsNorm query, RmsNorm key) {

    /** @param weights at {@code norm} */
    static NormedAttention of(Weights weights) {
        return new NormedAttention(new RmsNorm(weights.get("query_norm.scale")), new RmsNorm(weights.get("key_norm.scale")));
    }

    long headSize() {
        return query.weight().shape()[0];
    }

    /** @param joined queries, keys and values side by side */
    Heads heads(Tensor joined) {
        var heads = Heads.of(joined, headSize());
        return new Heads(query.apply(heads.query()), key.apply(heads.key()), heads.value());
    }
}
