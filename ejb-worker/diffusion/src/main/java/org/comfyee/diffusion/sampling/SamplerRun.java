package org.comfyee.diffusion.sampling;

import java.util.function.Supplier;
import org.comfyee.diffusion.model.ModelSampling;
import org.comfyee.torch.Generator;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * What a sampler works with.
 *
 * @param start noisy latents
 * @param sigmas falling, one more than there are steps
 * @param noise of the shape of the start
 * @param chance for noise of other shapes, going on where the noise of the start ended
 * @param sampling what the sigmas mean
 */
public record SamplerRun(
        Denoiser model, Tensor start, float[] sigmas, NoiseSampler noise, Supplier<Generator> chance, ModelSampling sampling,
        StepListener listener) {
    private static final double NEARLY_THE_START = 1e-4;

    int steps() {
        return sigmas.length - 1;
    }

    /** Noise for the way from one sigma to the next. */
    Tensor noise(double sigma, double next) {
        return noise.next((float) sigma, (float) next);
    }

    /** The same run starting just below pure noise, where a flow's signal to noise ratio is 0 and has no logarithm. */
    SamplerRun withFiniteSnr() {
        if (!sampling.isFlow() || sigmas.length < 2 || sigmas[0] < 1) {
            return this;
        }
        var changed = sigmas.clone();
        changed[0] = (float) sampling.percentToSigma(NEARLY_THE_START);
        return new SamplerRun(model, start, changed, noise, chance, sampling, listener);
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
