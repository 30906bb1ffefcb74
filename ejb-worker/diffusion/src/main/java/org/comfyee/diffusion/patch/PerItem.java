package org.comfyee.diffusion.patch;

import java.util.Arrays;
import org.comfyee.torch.Tensor;

/** Figures of each item of a batch {@code [batch, ...]}, shaped {@code [batch, 1, ...]} to be multiplied with it. */
public final class PerItem {
    private PerItem() {}

    private static Tensor flat(Tensor x) {
        return x.reshape(x.size(0), -1);
    }

    private static Tensor shaped(Tensor figures, Tensor like) {
        var shape = new long[like.dim()];
        Arrays.fill(shape, 1);
        shape[0] = like.size(0);
        return figures.reshape(shape);
    }

    /** The sum of products. */
    public static Tensor dot(Tensor one, Tensor other) {
        return shaped(flat(one).mul(flat(other)).sum(1, true), one);
    }

    /** The Euclidean length. */
    public static Tensor norm(Tensor x) {
        return dot(x, x).sqrt();
    }

    /** Of all values of the item. */
    public static Tensor mean(Tensor x) {
        return shaped(flat(x).mean(1, true), x);
    }

    /** The least value; NaN if there is one. */
    public static Tensor min(Tensor x) {
        return shaped(flat(x).amin(1, true), x);
    }

    /** The largest value; NaN if there is one. */
    public static Tensor max(Tensor x) {
        return shaped(flat(x).amax(1, true), x);
    }

    /** The standard deviation, as estimated from a sample. */
    public static Tensor deviation(Tensor x) {
        var centered = x.sub(mean(x));
        return dot(centered, centered).div(flat(x).size(1) - 1.0).sqrt();
    }
}
