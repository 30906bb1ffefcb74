package org.comfyee.diffusion.vae;

import java.util.List;
import java.util.stream.IntStream;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.Conv2d;
import org.comfyee.torch.Tensor;

/**
 * TAESD, Ollin Boer Bohan's small and fast stand-in for the autoencoders of Stable Diffusion and Flux
 * (<a href="https://github.com/madebyollin/taesd">taesd</a>). It works on latents in the diffusion model's units.
 */
final class TinyAutoencoder implements Autoencoder {
    private static final int SCALE = 8;
    private static final int[] STAGES = {2, 6, 10};

    private final Conv2d pixelsIn;
    private final TinyResidual firstBlock;
    private final List<TinyStage> downs;
    private final Conv2d latentsOut;
    private final TinyDecoder decoder;
    private final double latentScale;
    private final double latentShift;

    /**
     * @param encoder weights by their numbers in the encoder's list of layers; likewise the decoder
     * @param latentScale from the units of the full autoencoder's latents to the diffusion model's, after the shift is
     *        subtracted
     */
    TinyAutoencoder(Weights encoder, Weights decoder, double latentScale, double latentShift) {
        pixelsIn = Conv2d.of(encoder.at("0"));
        firstBlock = TinyResidual.of(encoder.at("1"));
        downs = IntStream.of(STAGES).mapToObj(first -> TinyStage.down(encoder, first)).toList();
        latentsOut = Conv2d.of(encoder.at("14"));
        this.decoder = new TinyDecoder(decoder);
        this.latentScale = latentScale;
        this.latentShift = latentShift;
    }

    @Override
    public int scale() {
        return SCALE;
    }

    @Override
    public int latentChannels() {
        return decoder.latentChannels();
    }

    @Override
    public Tensor encode(Tensor pixels) {
        var h = firstBlock.apply(pixelsIn.apply(pixels.mul(0.5).add(0.5).channelsLast()));
        for (var stage : downs) {
            h = stage.shrink(h);
        }
        return latentsOut.apply(h).div(latentScale).add(latentShift);
    }

    @Override
    public Tensor decode(Tensor latents) {
        return decoder.apply(latents.sub(latentShift).mul(latentScale)).sub(0.5).mul(2);
    }
}
