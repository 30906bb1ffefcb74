package org.comfyee.diffusion.sampling;

import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** Lets patches put something in the place of guesses; where they do, the last guess without the wanted text stands. */
final class PatchedDenoiser implements Denoiser {
    private final Denoiser inner;
    private final ModelRun run;
    private Tensor unconditional;

    PatchedDenoiser(Denoiser inner, ModelRun run) {
        this.inner = inner;
        this.run = run;
    }

    @Override
    public Guess guess(Tensor x, float sigma) {
        var denoised = run.around(x, sigma, () -> {
            var guess = inner.guess(x, sigma);
            unconditional = TensorScope.escape(guess.unconditional().copy());
            return guess.denoised();
        });
        return new Guess(denoised, unconditional);
    }
}
