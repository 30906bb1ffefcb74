package org.comfyee.diffusion.model;

import org.comfyee.torch.Tensor;

/** Proportions of pictures. */
public final class Proportions {
    private Proportions() {}

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
