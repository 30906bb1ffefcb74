package org.comfyee.nodes.conditioning.inpaint;

import org.comfyee.nodes.Latent;
import org.comfyee.torch.Tensor;

/**
 * Pictures and what of them is to be painted anew, cut to what an autoencoder takes.
 *
 * @param pixels {@code [batch, height, width, channels]}
 * @param mask {@code [batch, 1, height, width]}, 1 where the picture is painted anew
 */
public record InpaintPixels(Tensor pixels, Tensor mask) {

    /** @param mask {@code [batch, height, width]} of any size */
    public static InpaintPixels of(Tensor pixels, Tensor mask) {
        var sized = mask.reshape(-1, 1, mask.size(-2), mask.size(-1)).upsampleBilinear(pixels.size(1), pixels.size(2));
        return new InpaintPixels(cut(cut(pixels, 1), 2), cut(cut(sized, 2), 3));
    }

    /** Without what exceeds a multiple of the side that a latent stands for, on both sides alike. */
    public static Tensor cut(Tensor pixels, int dim) {
        long rest = pixels.size(dim) % Latent.SCALE;
        return pixels.narrow(dim, rest / 2, pixels.size(dim) - rest);
    }

    /** The pictures, grey below the mask. */
    public Tensor covered() {
        var kept = mask.round().neg().add(1).permute(0, 2, 3, 1);
        return pixels.narrow(3, 0, 3).sub(0.5).mul(kept).add(0.5);
    }
}
