package org.comfyee.diffusion.vae;

import org.comfyee.torch.Tensor;

/** What turns pixels into latents and back. */
interface Autoencoder {
    /** How many pixels one latent stands for in each direction. */
    int scale();

    int latentChannels();

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
