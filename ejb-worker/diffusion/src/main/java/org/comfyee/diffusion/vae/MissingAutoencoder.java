package org.comfyee.diffusion.vae;

import org.comfyee.torch.Tensor;

/**
 * Stands for the autoencoder of a checkpoint that has none: who uses it is told.
 *
 * @param reason what is missing where
 */
record MissingAutoencoder(String reason) implements Autoencoder {
    private IllegalStateException missing() {
        return new IllegalStateException(reason);
    }

    @Override
    public int scale() {
        throw missing();
    }

    @Override
    public int latentChannels() {
        throw missing();
    }

    @Override
    public Tensor encode(Tensor pixels) {
        throw missing();
    }

    @Override
    public Tensor decode(Tensor latents) {
        throw missing();
    }
}
