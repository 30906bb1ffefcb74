package org.comfyee.diffusion.sampling;

import org.comfyee.torch.Tensor;

/** Hears of each step of a sampler; ends the sampling by throwing. */
@FunctionalInterface
public interface StepListener {
    /**
     * @param step from 0
     * @param denoised the model's guess of the picture, in the model's units; valid during the call
     */
    void stepped(int step, int total, Tensor denoised);
}
