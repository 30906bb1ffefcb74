package org.comfyee.diffusion.sampling;

import java.util.Arrays;
import java.util.Optional;
import org.comfyee.torch.Generator;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** Samples latents as ComfyUI's node of that name does. */
public final class KSampler {
    private static final double NEARLY_FULL = 0.9999;

    private KSampler() {}

    /** @return latents in the autoencoder's units, of the request's shape, in the current scope */
    public static Tensor sample(SamplingRequest request, StepListener listener) {
        var sigmas = sigmas(request);
        if (sigmas.length == 0) {
            return request.latents();
        }
        try (var scope = new TensorScope(); var generator = Generator.seeded(request.seed())) {
            var model = request.model();
            var shape = request.latents().shape();
            var noise = Noise.prepare(request.seed(), request.batchIndex(), shape);
            // Empty latents mean "nothing", also for models whose middle is not zero.
            boolean empty = request.latents().abs().max().item() == 0;
            var latents = empty ? request.latents() : model.latentFormat().toModel(request.latents());
            var denoiser = denoiser(request, latents, noise);
            var start = model.sampling().addNoise(latents, noise, sigmas[0], isFull(sigmas[0], model.sampling().sigmaMax()));
            var run = new SamplerRun(denoiser, start, sigmas, noiseSampler(request, generator, sigmas, shape),
                    model.sampling()::percentToSigma, listener);
            var sampled = request.sampler().sample(run);
            sampled = model.sampling().removeScale(sampled, sigmas[sigmas.length - 1]);
            return scope.keep(model.latentFormat().fromModel(sampled));
        }
    }

    private static NoiseSampler noiseSampler(SamplingRequest request, Generator generator, float[] sigmas, long[] shape) {
        return request.sampler().usesBrownianNoise()
                ? new BrownianNoise(request.seed(), sigmas, shape)
                : NoiseSampler.normal(generator, shape);
    }

    private static boolean isFull(float sigma, float max) {
        return sigma > max || Math.abs(sigma - max) <= 1e-5 * Math.max(Math.abs(sigma), Math.abs(max));
    }

    /** The last part of the schedule of a longer run, if less than all noise is to go. */
    private static float[] sigmas(SamplingRequest request) {
        if (request.denoise() > NEARLY_FULL) {
            return schedule(request, request.steps());
        }
        if (request.denoise() <= 0) {
            return new float[0];
        }
        var longer = schedule(request, (int) (request.steps() / request.denoise()));
        return Arrays.copyOfRange(longer, Math.max(0, longer.length - request.steps() - 1), longer.length);
    }

    private static float[] schedule(SamplingRequest request, int steps) {
        var sampling = request.model().sampling();
        if (!request.sampler().discardsPenultimateSigma()) {
            return request.scheduler().schedule(sampling, steps);
        }
        var longer = request.scheduler().schedule(sampling, steps + 1);
        var sigmas = Arrays.copyOf(longer, longer.length - 1);
        sigmas[sigmas.length - 1] = longer[longer.length - 1];
        return sigmas;
    }

    private static Denoiser denoiser(SamplingRequest request, Tensor latents, Tensor noise) {
        var guider = new Guider(request.model(), request.positive(), request.negative(), request.cfg(),
                request.sampler().needsUnconditional());
        if (request.mask().isEmpty()) {
            return guider;
        }
        var maskNoise = request.sampler().hasOwnMaskNoise()
                ? Noise.prepare(request.seed() + 1, Optional.empty(), latents.shape())
                : noise;
        return new MaskedDenoiser(guider, request.model().sampling(), latents, maskNoise, resized(request.mask().get(), latents));
    }

    /** The mask at the resolution of the latents, for each of their channels. */
    private static Tensor resized(Tensor mask, Tensor latents) {
        var maps = mask.reshape(-1, 1, mask.size(-2), mask.size(-1)).upsampleBilinear(latents.size(2), latents.size(3));
        long batch = latents.size(0);
        long repeats = (batch + maps.size(0) - 1) / maps.size(0);
        return maps.repeat(repeats, latents.size(1), 1, 1).narrow(0, 0, batch);
    }
}
