package org.comfyee.diffusion.vae;

import org.comfyee.diffusion.checkpoint.Placement;
import org.comfyee.torch.Tensor;

/** An autoencoder that computes elsewhere, or in another type, than those who use it. */
record PlacedAutoencoder(Autoencoder autoencoder, Placement placement) implements Autoencoder {

    @Override
    public int scale() {
        return autoencoder.scale();
    }

    @Override
    public int latentChannels() {
        return autoencoder.latentChannels();
    }

    @Override
    public long bytesForLatent() {
        return placement.device().isCpu() ? autoencoder.bytesForLatent() : 0;
    }

    @Override
    public long bytesForPixel() {
        return placement.device().isCpu() ? autoencoder.bytesForPixel() : 0;
    }

    @Override
    public Tensor encode(Tensor pixels) {
        return placement.out(autoencoder.encode(placement.in(pixels)));
    }

    @Override
    public Tensor decode(Tensor latents) {
        return placement.out(autoencoder.decode(placement.in(latents)));
    }
}
