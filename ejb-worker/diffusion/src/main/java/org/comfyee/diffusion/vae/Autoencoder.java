package org.comfyee.diffusion.vae;

import org.comfyee.torch.Tensor;

/** What turns pixels into latents and back. */
interface Autoencoder {
    /** How many pixels one latent stands for in each direction. */
    int scale();

    int latentChannels();

    /** What it takes of the machine's memory for each latent that it decodes; 0 if that does not matter. */
    default long bytesForLatent() {
        return 0;
    }

    /** What it takes of the machine's memory for each pixel that it encodes; 0 if that does not matter. */
    default long bytesForPixel() {
        return 0;
    }

    /**
     * @param pixels {@code [batch, 3, height, width]}, -1 to 1
     * @return {@code [batch, channels, height / scale, width / scale]}, in the current scope
     */
    Tensor encode(Tensor pixels);

    /**
     * @param latents {@code [batch, channels, height, width]}
     * @return {@code [batch, 3, height * scale, width * scale]}, about -1 to 1, in the current scope
     */
    Tensor decode(Tensor latents);
}
