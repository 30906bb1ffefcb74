package org.comfyee.nodes.sampling;

import org.comfyee.diffusion.sampling.Guider;
import org.comfyee.diffusion.sampling.Sampling;
import org.comfyee.diffusion.sampling.SamplingMethod;
import org.comfyee.diffusion.sampling.SamplingRequest;
import org.comfyee.diffusion.sampling.StepListener;
import org.comfyee.nodes.Latent;
import org.comfyee.nodes.LatentNoise;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.Outputs;

/** What the sampling nodes have in common. */
final class LatentSampling {
    private LatentSampling() {}

    static Latent sample(NodeContext context, Guider guider, LatentNoise noise, SamplingMethod sampler, float[] sigmas, Latent latent) {
        return sample(guider, noise, sampler, sigmas, latent, new SamplingProgress(context, guider.model().latentFormat()));
    }

    /** The latents, and those that the model last guessed behind the noise. */
    static Outputs sampleWithGuess(NodeContext context, Guider guider, LatentNoise noise, SamplingMethod sampler, float[] sigmas, Latent latent) {
        var progress = new SamplingProgress(context, guider.model().latentFormat());
        var guess = new Tensor[1];
        var sampled = sample(guider, noise, sampler, sigmas, latent, (step, total, denoised) -> {
            if (guess[0] != null) {
                guess[0].close();
            }
            guess[0] = TensorScope.escape(denoised.copy());
            progress.stepped(step, total, denoised);
        });
        return Outputs.of(sampled, guess[0] == null ? sampled : sampled.withSamples(guider.model().latentFormat().fromModel(guess[0])));
    }

    private static Latent sample(
            Guider guider, LatentNoise noise, SamplingMethod sampler, float[] sigmas, Latent latent, StepListener listener) {
        var fitted = latent.fitted(guider.model().latentFormat());
        var request = new SamplingRequest(guider, sampler, sigmas, fitted.samples(), noise.generate(fitted), fitted.noiseMask(), noise.seed());
        return fitted.withSamples(Sampling.sample(request, listener));
    }
}
