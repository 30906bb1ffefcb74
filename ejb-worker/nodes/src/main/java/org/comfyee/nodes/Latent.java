package org.comfyee.nodes;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.comfyee.diffusion.model.LatentFormat;
import org.comfyee.torch.Tensor;

/**
 * Latents between nodes.
 *
 * @param samples {@code [batch, channels, height, width]} float32 in the autoencoder's units
 * @param noiseMask {@code [batch, 1, height, width]} at any resolution, 1 where sampling may change them
 * @param batchIndex for each item its place in the batch it came from, which decides its noise
 */
public record Latent(Tensor samples, Optional<Tensor> noiseMask, Optional<List<Integer>> batchIndex) {
    /** How many pixels one latent usually stands for in each direction. */
    public static final int SCALE = 8;

    /** A batch of its own, all of which sampling may change. */
    public static Latent of(Tensor samples) {
        return new Latent(samples, Optional.empty(), Optional.empty());
    }

    /** With the mask and the places of these, whatever the shape of the others is. */
    public Latent withSamples(Tensor changed) {
        return new Latent(changed, noiseMask, batchIndex);
    }

    /** These latents, or as many channels of nothing as a model asks for where they are nothing. */
    public Latent fitted(LatentFormat format) {
        if (samples.size(1) == format.channels() || samples.abs().max().item() != 0) {
            return this;
        }
        return withSamples(Tensor.zeros(samples.dtype(), samples.size(0), format.channels(), samples.size(2), samples.size(3)));
    }

    /** @param mask {@code [batch, 1, height, width]} at any resolution */
    public Latent withNoiseMask(Tensor mask) {
        return new Latent(samples, Optional.of(mask), batchIndex);
    }

    /** The place of each item in the batch it came from; in a batch of its own, places in order. */
    public List<Integer> indices(int first) {
        return batchIndex.orElseGet(() -> IntStream.range(first, first + (int) samples.size(0)).boxed().toList());
    }
}
