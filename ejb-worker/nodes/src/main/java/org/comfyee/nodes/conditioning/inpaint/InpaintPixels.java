package org.comfyee.nodes.conditioning.inpaint;

import org.comfyee.torch.Tensor;

/**
 * Pictures and what of them is to be painted anew, cut to what an autoencoder takes.
 *
 * @param pixels {@code [batch, height, width, channels]}
 * @param mask {@code [batch, 1, height, width]}, 1 where the picture is painted anew
 */
public record InpaintPixels(Tensor pixels, Tensor mask) {

    /**
     * @param mask {@code [batch, height, width]} of any size
     * @param multiple of pixels that the sides are cut to
     */
    public static InpaintPixels of(Tensor pixels, Tensor mask, int multiple) {
        var sized = mask.reshape(-1, 1, mask.size(-2), mask.size(-1)).upsampleBilinear(pixels.size(1), pixels.size(2));
        return new InpaintPixels(cut(cut(pixels, 1, multiple), 2, multiple), cut(cut(sized, 2, multiple), 3, multiple));
    }

    /** Without what exceeds a multiple, on both sides alike. */
    static Tensor cut(Tensor pixels, int dim, int multiple) {
        long rest = pixels.size(dim) % multiple;
        return pixels.narrow(dim, rest / 2, pixels.size(dim) - rest);
    }

    /** The pictures, grey below the mask. */
    public Tensor covered() {
        var kept = mask.round().neg().add(1).permute(0, 2, 3, 1);
        return pixels.narrow(3, 0, 3).sub(0.5).mul(kept).add(0.5);
    }
}
