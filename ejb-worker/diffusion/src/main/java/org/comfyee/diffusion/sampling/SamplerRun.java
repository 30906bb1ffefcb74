package org.comfyee.diffusion.sampling;

import java.util.function.DoubleUnaryOperator;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * What a sampler works with.
 *
 * @param start noisy latents
 * @param sigmas falling, one more than there are steps
 * @param percentToSigma see {@link org.comfyee.diffusion.model.ModelSampling#percentToSigma}
 */
public record SamplerRun(
        Denoiser model, Tensor start, float[] sigmas, NoiseSampler noise, DoubleUnaryOperator percentToSigma, StepListener listener) {

    int steps() {
        return sigmas.length - 1;
    }

    /** Evaluates the model at a step and reports its guess. */
    Tensor denoise(int step, Tensor x) {
        return guess(step, x).denoised();
    }

    /** As {@link #denoise}, with the guess without the wanted text. */
    Denoiser.Guess guess(int step, Tensor x) {
        var guess = model.guess(x, sigmas[step]);
        listener.stepped(step, steps(), guess.denoised());
        return guess;
    }

    /** Runs a sampler that makes one new x in each step. */
    Tensor eachStep(Step step) {
        var x = start;
        for (int i = 0; i < steps(); i++) {
            try (var scope = new TensorScope()) {
                x = scope.keep(step.take(i, x, sigmas[i], sigmas[i + 1], scope));
            }
        }
        return x;
    }

    /** One step from a sigma to the next. */
    @FunctionalInterface
    interface Step {
        /** @param scope keeps what the next step needs */
        Tensor take(int index, Tensor x, double sigma, double next, TensorScope scope);
    }
}
