package org.comfyee.diffusion.sampling;

import org.comfyee.torch.Tensor;

/** A way to go from noise to a picture. */
public interface SamplingMethod {
    /** @return latents of the shape of the start, in the current scope */
    Tensor sample(SamplerRun run);

    /** The sigma at which it stops, going down these. */
    default float end(float[] sigmas) {
        return sigmas[sigmas.length - 1];
    }

    /** Whether masked-out parts get noise of their own seed. */
    boolean hasOwnMaskNoise();

    /** Whether the guess without the wanted text is used even where it does not count. */
    boolean needsUnconditional();

    /** Whether its noise is one Brownian motion over all steps. */
    boolean usesBrownianNoise();
}
