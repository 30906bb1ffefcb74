package org.comfyee.diffusion.model;

import org.comfyee.torch.Tensor;

/**
 * How a model's latents differ from its autoencoder's, and how they look as colours.
 *
 * @param scale factor from the autoencoder's units to the model's
 * @param shift subtracted before that
 * @param rgb for each channel its share of red, green and blue, as a linear fit
 * @param rgbBias added to these
 */
public record LatentFormat(int channels, double scale, double shift, float[][] rgb, float[] rgbBias) {
    public static final LatentFormat SD15 = new LatentFormat(4, 0.18215, 0, new float[][] {
        {0.3512f, 0.2297f, 0.3227f}, {0.3250f, 0.4974f, 0.2350f}, {-0.2829f, 0.1762f, 0.2721f}, {-0.2120f, -0.2616f, -0.7177f}
    }, new float[3]);

    public Tensor toModel(Tensor latents) {
        return latents.sub(shift).mul(scale);
    }

    public Tensor fromModel(Tensor latents) {
        return latents.div(scale).add(shift);
    }
}
