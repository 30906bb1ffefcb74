package org.comfyee.diffusion.sampling;

import java.util.Optional;
import org.comfyee.diffusion.hook.HookedModels;
import org.comfyee.diffusion.patch.ModelPatch;
import org.comfyee.torch.Generator;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** Samples latents: from the autoencoder's units, with noise, down the sigmas and back. */
public final class Sampling {
    private Sampling() {}

    /** @return latents in the autoencoder's units, of the request's shape, in the current scope */
    public static Tensor sample(SamplingRequest request, StepListener listener) {
        var sigmas = request.sigmas();
        if (sigmas.length == 0) {
            return request.latents();
        }
        try (var scope = new TensorScope(); var generator = Generator.seeded(request.seed());
                var chance = new Chance(request.seed(), request.latents().shape());
                var hooked = new HookedModels(request.guider().model(), sigmas[0])) {
            var model = request.guider().model();
            // Empty latents mean "nothing", also for models whose middle is not zero.
            boolean empty = request.latents().abs().max().item() == 0;
            var latents = empty ? request.latents() : model.latentFormat().toModel(request.latents());
            var started = ModelRun.start(model, hooked, new ModelPatch.Run(model.sampling(), sigmas.clone(), chance), request.seed(),
                    request.mask().map(mask -> resized(mask, latents)));
            var denoiser = denoiser(request, started, latents);
            var start = model.sampling().addNoise(latents, request.noise(), sigmas[0], isFull(sigmas[0], model.sampling().sigmaMax()));
            var run = new SamplerRun(denoiser, start, sigmas, noiseSampler(request, generator), chance, model.sampling(), listener);
            var sampled = model.sampling().removeScale(request.sampler().sample(run), request.sampler().end(sigmas));
            return scope.keep(model.latentFormat().fromModel(sampled));
        }
    }

    private static NoiseSampler noiseSampler(SamplingRequest request, Generator generator) {
        var shape = request.latents().shape();
        return request.sampler().usesBrownianNoise()
                ? new BrownianNoise(request.seed(), request.sigmas(), shape)
                : NoiseSampler.normal(generator, shape);
    }

    private static boolean isFull(float sigma, float max) {
        return sigma > max || Math.abs(sigma - max) <= 1e-5 * Math.max(Math.abs(sigma), Math.abs(max));
    }

    private static Denoiser denoiser(SamplingRequest request, ModelRun run, Tensor latents) {
        var guided = request.guider().start(run, latents, request.sampler().needsUnconditional());
        var denoiser = run.guidance().isEmpty() ? guided : new PatchedDenoiser(guided, run);
        if (run.changing().isEmpty()) {
            return denoiser;
        }
        var maskNoise = request.sampler().hasOwnMaskNoise()
                ? Noise.prepare(request.seed() + 1, Optional.empty(), latents.shape())
                : request.noise();
        return new MaskedDenoiser(denoiser, run, latents, maskNoise, run.changing().get());
    }

    /** The mask at the resolution of the latents, for each of their channels. */
    private static Tensor resized(Tensor mask, Tensor latents) {
        var maps = mask.reshape(-1, 1, mask.size(-2), mask.size(-1)).upsampleBilinear(latents.size(2), latents.size(3));
        long batch = latents.size(0);
        long repeats = (batch + maps.size(0) - 1) / maps.size(0);
        return maps.repeat(repeats, latents.size(1), 1, 1).narrow(0, 0, batch);
    }
}
