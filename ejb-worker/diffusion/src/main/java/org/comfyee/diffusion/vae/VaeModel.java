package org.comfyee.diffusion.vae;

import java.util.Optional;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.Conv2d;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * An autoencoder between pictures and latents (Rombach et al. 2022): AutoencoderKL, of which encoding takes the mean.
 * Latents are in the autoencoder's own units.
 */
public final class VaeModel {
    private final Encoder encoder;
    private final Decoder decoder;
    private final Optional<Conv2d> quantize;
    private final Optional<Conv2d> unquantize;
    private final int latentChannels;

    /** @param weights at {@code first_stage_model} */
    public VaeModel(Weights weights) {
        encoder = new Encoder(weights.at("encoder"));
        decoder = new Decoder(weights.at("decoder"));
        quantize = weights.has("quant_conv") ? Optional.of(Conv2d.of(weights.at("quant_conv"))) : Optional.empty();
        unquantize = weights.has("post_quant_conv") ? Optional.of(Conv2d.of(weights.at("post_quant_conv"))) : Optional.empty();
        latentChannels = (int) weights.size("decoder.conv_in.weight", 1);
    }

    /** How many pixels one latent stands for in each direction. */
    public int scale() {
        return encoder.scale();
    }

    /**
     * @param latents {@code [batch, channels, height, width]}
     * @return pictures {@code [batch, height * scale, width * scale, 3]}, 0 to 1
     */
    public Tensor decode(Tensor latents) {
        if (latents.size(1) != latentChannels) {
            throw new IllegalArgumentException("the latents have " + latents.size(1) + " channels, this VAE expects " + latentChannels);
        }
        try (var scope = new TensorScope()) {
            var z = unquantize.map(conv -> conv.apply(latents)).orElse(latents);
            var pixels = decoder.apply(z.channelsLast());
            return scope.keep(pixels.add(1).div(2).clamp(0, 1).permute(0, 2, 3, 1).contiguous());
        }
    }

    /**
     * @param pictures {@code [batch, height, width, 3 or more]}, 0 to 1; what exceeds a multiple of the scale is cut off
     *        on all sides alike
     * @return latents {@code [batch, channels, height / scale, width / scale]}
     */
    public Tensor encode(Tensor pictures) {
        try (var scope = new TensorScope()) {
            var pixels = cropped(cropped(pictures.narrow(3, 0, 3), 1), 2).permute(0, 3, 1, 2).mul(2).sub(1);
            var moments = encoder.apply(pixels.channelsLast());
            moments = quantize.isPresent() ? quantize.get().apply(moments) : moments;
            return scope.keep(moments.chunk(2, 1).getFirst().contiguous());
        }
    }

    private Tensor cropped(Tensor pictures, int dim) {
        long rest = pictures.size(dim) % scale();
        return pictures.narrow(dim, rest / 2, pictures.size(dim) - rest);
    }
}
