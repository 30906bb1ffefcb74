package org.comfyee.diffusion.unet;

import org.comfyee.torch.Tensor;

/** Sinusoids that tell a network a number. */
public final class Timesteps {
    private static final double LONGEST_PERIOD = 10_000;

    private Timesteps() {}

    /**
     * Cosines, then sines, of frequencies from 1 down to nearly 1/10000.
     *
     * @return {@code [values, size]}
     */
    public static Tensor embed(float[] values, int size) {
        int half = size / 2;
        var frequencies = new float[half];
        for (int i = 0; i < half; i++) {
            frequencies[i] = (float) Math.exp((float) (-Math.log(LONGEST_PERIOD) * i) / half);
        }
        var angles = Tensor.of(values, values.length, 1).mul(Tensor.of(frequencies, 1, half));
        return Tensor.cat(java.util.List.of(angles.cos(), angles.sin()), -1);
    }

    /** The same in the place and type of another tensor. */
    public static Tensor embed(float[] values, int size, Tensor like) {
        return embed(values, size).to(like.dtype()).to(like.device());
    }
}
