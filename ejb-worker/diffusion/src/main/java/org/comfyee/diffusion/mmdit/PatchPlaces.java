package org.comfyee.diffusion.mmdit;

import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.diffusion.layers.Patches;
import org.comfyee.torch.Tensor;

/**
 * Learnt vectors for the places of patches.
 *
 * @param places one row for each place of a square larger than any picture, {@code [1, side * side, channels]}
 */
record PatchPlaces(Parameter places) {

    /** The middle of the square, {@code [1, patches, channels]}. */
    Tensor of(Patches patches) {
        var all = places.get();
        long side = Math.round(Math.sqrt(all.size(1)));
        if (patches.rows() > side || patches.columns() > side) {
            throw new IllegalArgumentException("the latents are " + patches.width() + "x" + patches.height()
                    + "; this model takes at most " + 2 * side + "x" + 2 * side);
        }
        return all.reshape(1, side, side, all.size(2))
                .narrow(1, (side - patches.rows()) / 2, patches.rows())
                .narrow(2, (side - patches.columns()) / 2, patches.columns())
                .reshape(1, patches.rows() * patches.columns(), all.size(2));
    }
}
