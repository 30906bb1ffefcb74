package org.comfyee.nodes.latent.video;

import org.comfyee.nodes.Latent;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.Torch;

/**
 * How the latents of a film lie to its pictures.
 *
 * @param frames how many frames of the film one frame of the latents stands for, after the first
 * @param scale how many pixels one place of the latents stands for, across and down
 */
record FilmLatents(int channels, int frames, int scale) {

    /** Latents of nothing, {@code [batch, channels, frames, height, width]}, for a film of that many frames and pixels. */
    Latent empty(int batch, int length, int height, int width) {
        Torch.loadConfigured();
        return Latent.of(Tensor.zeros(ScalarType.FLOAT32, batch, channels, (length - 1) / frames + 1, height / scale, width / scale));
    }
}
