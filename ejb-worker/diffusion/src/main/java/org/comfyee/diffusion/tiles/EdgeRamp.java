package org.comfyee.diffusion.tiles;

import java.util.Arrays;
import org.comfyee.torch.Tensor;

/** Weights that rise from the edges of a side towards its middle. */
public final class EdgeRamp {
    private EdgeRamp() {}

    /**
     * The product of a ramp from either end; each rises in equal steps and reaches 1 at its last cell.
     * As in ComfyUI, a ramp from the end that is longer than the side goes on from the last cell but one, towards the start once more.
     *
     * @param length of the side in cells
     * @param before how many cells the ramp from the start has; 0 for none
     * @param after how many the one from the end has
     * @return {@code [length]}
     */
    public static Tensor along(long length, int before, int after) {
        var weights = new float[(int) length];
        Arrays.fill(weights, 1);
        for (int i = 0; i < Math.min(before, length); i++) {
            weights[i] *= (i + 1f) / before;
        }
        for (int i = 0; i < Math.min(after, length); i++) {
            weights[weights.length - 1 - i] *= (i + 1f) / after;
        }
        for (int i = weights.length + 1; i < Math.min(after, 2 * weights.length); i++) {
            weights[2 * weights.length - 1 - i] *= (i + 1f) / after;
        }
        return Tensor.of(weights, length);
    }
}
