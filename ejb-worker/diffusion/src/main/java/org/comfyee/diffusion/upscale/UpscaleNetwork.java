package org.comfyee.diffusion.upscale;

import org.comfyee.torch.Tensor;

/** What makes pictures larger. */
interface UpscaleNetwork {
    /** How many pixels one pixel becomes in each direction. */
    int scale();

    /**
     * @param pixels {@code [batch, 3, height, width]}, 0 to 1
     * @return {@code [batch, 3, height * scale, width * scale]}, about 0 to 1, in the current scope
     */
    Tensor apply(Tensor pixels);
}
