package org.comfyee.diffusion.model;

import org.comfyee.torch.Tensor;

/** Proportions and numbers of pictures. */
public final class Proportions {
    private Proportions() {}

    /**
     * A picture of another size, whose edges are cut off where the proportions differ.
     *
     * @param x {@code [batch, channels, height, width]}
     */
    public static Tensor resized(Tensor x, long width, long height) {
        return centered(x, width, height).upsampleBilinear(height, width);
    }

    /** A picture of the size of latents, resized if it has another. */
    public static Tensor sized(Tensor x, Tensor latents) {
        boolean fits = x.size(2) == latents.size(2) && x.size(3) == latents.size(3);
        return fits ? x : resized(x, latents.size(3), latents.size(2));
    }

    /** As many items, some left out or repeated, evenly over the batch. */
    public static Tensor items(Tensor x, long count) {
        long present = x.size(0);
        if (present == count) {
            return x;
        }
        var places = new long[(int) count];
        for (int i = 0; i < count; i++) {
            long place = count < present
                    ? (long) Math.rint(i * ((present - 1.0) / Math.max(1, count - 1)))
                    : (long) ((i + 0.5) * ((double) present / count));
            places[i] = Math.min(place, present - 1);
        }
        return x.indexSelect(0, Tensor.of(places, count));
    }

    /**
     * The middle of a picture, of the proportions of a size.
     *
     * @param x {@code [batch, channels, height, width]}
     */
    public static Tensor centered(Tensor x, long width, long height) {
        long oldWidth = x.size(3);
        long oldHeight = x.size(2);
        double oldAspect = (double) oldWidth / oldHeight;
        double aspect = (double) width / height;
        if (oldAspect > aspect) {
            long cut = (long) Math.rint((oldWidth - oldWidth * (aspect / oldAspect)) / 2);
            return x.narrow(3, cut, oldWidth - 2 * cut);
        }
        if (oldAspect < aspect) {
            long cut = (long) Math.rint((oldHeight - oldHeight * (oldAspect / aspect)) / 2);
            return x.narrow(2, cut, oldHeight - 2 * cut);
        }
        return x;
    }
}
