package org.comfyee.diffusion.model;

import org.comfyee.torch.Tensor;

/** The part of a diffusion model that learnt to tell noise from picture. */
@FunctionalInterface
public interface Network {
    /** @return of the shape of the input's latents, in the current scope */
    Tensor predict(NetworkInput input);
}
