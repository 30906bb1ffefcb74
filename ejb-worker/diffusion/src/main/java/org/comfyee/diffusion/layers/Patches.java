package org.comfyee.diffusion.layers;

import org.comfyee.torch.Tensor;

/**
 * Latents as a grid of patches of 2x2. Odd sizes are padded from the opposite edge.
 *
 * @param height of the latents, as are width and channels
 */
public record Patches(long height, long width, long channels) {
    private static final int SIDE = 2;

    /** @param latents {@code [batch, channels, height, width]} */
    public static Patches of(Tensor latents) {
        return new Patches(latents.size(2), latents.size(3), latents.size(1));
    }

    /** Of patches; an odd height has one for its last row of latents. */
    public long rows() {
        return (height + SIDE - 1) / SIDE;
    }

    /** Of patches, likewise. */
    public long columns() {
        return (width + SIDE - 1) / SIDE;
    }

    /** {@code [batch, channels, rows * 2, columns * 2]}. */
    public Tensor padded(Tensor latents) {
        return height % SIDE == 0 && width % SIDE == 0
                ? latents
                : latents.pad("circular", 0, 0, width % SIDE, 0, height % SIDE);
    }

    /** {@code [batch, patches, channels * 4]}, the values of a channel side by side. */
    public Tensor tokens(Tensor latents) {
        long batch = latents.size(0);
        return padded(latents)
                .reshape(batch, channels, rows(), SIDE, columns(), SIDE)
                .permute(0, 2, 4, 1, 3, 5)
                .reshape(batch, rows() * columns(), channels * SIDE * SIDE);
    }

    /** Latents of tokens in the order of {@link #tokens}. */
    public Tensor latents(Tensor tokens) {
        long batch = tokens.size(0);
        return cropped(tokens.reshape(batch, rows(), columns(), channels, SIDE, SIDE).permute(0, 3, 1, 4, 2, 5), batch);
    }

    /** Latents of tokens that hold the channels of a pixel side by side. */
    public Tensor latentsOfPixels(Tensor tokens) {
        long batch = tokens.size(0);
        return cropped(tokens.reshape(batch, rows(), columns(), SIDE, SIDE, channels).permute(0, 5, 1, 3, 2, 4), batch);
    }

    private Tensor cropped(Tensor ordered, long batch) {
        return ordered.reshape(batch, channels, rows() * SIDE, columns() * SIDE).narrow(2, 0, height).narrow(3, 0, width).contiguous();
    }
}
