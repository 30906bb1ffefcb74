package org.comfyee.diffusion.layers;

import java.util.List;
import org.comfyee.torch.Tensor;

/** Shifts, scales and gates that a transformer's tokens get from a vector for the whole picture (Peebles and Xie 2023). */
public final class Modulation {
    private static final double EPS = 1e-6;

    private Modulation() {}

    /**
     * @param vector {@code [batch, channels]}
     * @return as many of {@code [batch, 1, channels]} as the layer gives
     */
    public static List<Tensor> of(Linear layer, Tensor vector) {
        long channels = vector.size(1);
        var all = layer.apply(vector.silu()).unsqueeze(1);
        return all.chunk((int) (all.size(2) / channels), 2);
    }

    /** Normalises tokens {@code [batch, tokens, channels]} and moves them. */
    public static Tensor apply(Tensor tokens, Tensor shift, Tensor scale) {
        return tokens.layerNorm(null, null, EPS).mul(scale.add(1)).add(shift);
    }
}
