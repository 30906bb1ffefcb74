package org.comfyee.diffusion.vae;

import java.util.Optional;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.Conv2d;
import org.comfyee.torch.Tensor;

/** The autoencoder of latent diffusion (Rombach et al. 2022), of which encoding takes the mean. */
final class AutoencoderKl implements Autoencoder {
    private final Encoder encoder;
    private final Decoder decoder;
    private final Optional<Conv2d> quantize;
    private final Optional<Conv2d> unquantize;
    private final int latentChannels;

    AutoencoderKl(Weights weights) {
        encoder = new Encoder(weights.at("encoder"));
        decoder = new Decoder(weights.at("decoder"));
        quantize = weights.has("quant_conv") ? Optional.of(Conv2d.of(weights.at("quant_conv"))) : Optional.empty();
        unquantize = weights.has("post_quant_conv") ? Optional.of(Conv2d.of(weights.at("post_quant_conv"))) : Optional.empty();
        latentChannels = (int) weights.size("decoder.conv_in.weight", 1);
    }

    // Measured with that of Stable Diffusion 1.5, in float32.

    @Override
    public long bytesForLatent() {
        return 400_000;
    }

    @Override
    public long bytesForPixel() {
        return 3_500;
    }

    @Override
    public int scale() {
        return encoder.scale();
    }

    @Override
    public int latentChannels() {
        return latentChannels;
    }

    @Override
    public Tensor encode(Tensor pixels) {
        var moments = encoder.apply(pixels.channelsLast());
        moments = quantize.isPresent() ? quantize.get().apply(moments) : moments;
        return moments.chunk(2, 1).getFirst();
    }

    @Override
    public Tensor decode(Tensor latents) {
        return decoder.apply(unquantize.map(conv -> conv.apply(latents)).orElse(latents).channelsLast());
    }
}
