package org.comfyee.diffusion.vae;

import org.comfyee.torch.Tensor;

/** No autoencoder: the latents are the pixels, for models that work on these. */
final class PixelSpace implements Autoencoder {
    @Override
    public int scale() {
        return 1;
    }

    @Override
    public int latentChannels() {
        return 3;
    }

    @Override
    public Tensor encode(Tensor pixels) {
        return pixels;
    }

    @Override
    public Tensor decode(Tensor latents) {
        return latents;
    }
}
