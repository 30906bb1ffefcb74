package org.comfyee.diffusion.vae;

import java.util.Optional;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.tiles.Tiling;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** An autoencoder between pictures and latents. Latents are in the autoencoder's own units. */
public final class VaeModel {
    private final Autoencoder autoencoder;
    private final Optional<Weights> weights;

    /**
     * The autoencoder of a diffusion model.
     *
     * @param weights in the layout in which they lie at {@code first_stage_model}, or in that of the diffusers library
     * @throws java.util.NoSuchElementException if a weight is missing
     */
    public VaeModel(Weights weights) {
        this.weights = Optional.of(DiffusersVaeNames.areIn(weights) ? DiffusersVaeNames.replaced(weights) : weights);
        this.autoencoder = new AutoencoderKl(this.weights.get());
    }

    private VaeModel(Autoencoder autoencoder) {
        this.autoencoder = autoencoder;
        this.weights = Optional.empty();
    }

    /** Takes pixels, -1 to 1, for latents. */
    public static VaeModel pixelSpace() {
        return new VaeModel(new PixelSpace());
    }

    /**
     * TAESD, a small stand-in for another autoencoder.
     *
     * @param latentScale from that autoencoder's units to the diffusion model's, after {@code latentShift} is subtracted
     * @throws java.util.NoSuchElementException if a weight is missing
     */
    public static VaeModel tiny(Weights encoder, Weights decoder, double latentScale, double latentShift) {
        return new VaeModel(new TinyAutoencoder(encoder, decoder, latentScale, latentShift));
    }

    /** The weights of a diffusion model's autoencoder, in the layout in which they lie at {@code first_stage_model}. */
    public Optional<Weights> weights() {
        return weights;
    }

    /** How many pixels one latent stands for in each direction. */
    public int scale() {
        return autoencoder.scale();
    }

    /**
     * @param latents {@code [batch, channels, height, width]}
     * @return pictures {@code [batch, height * scale, width * scale, 3]}, 0 to 1
     */
    public Tensor decode(Tensor latents) {
        checkChannels(latents);
        try (var scope = new TensorScope()) {
            return scope.keep(toPictures(autoencoder.decode(latents)));
        }
    }

    private void checkChannels(Tensor latents) {
        if (latents.size(1) != autoencoder.latentChannels()) {
            throw new IllegalArgumentException("the latents have " + latents.size(1) + " channels, this VAE expects "
                    + autoencoder.latentChannels());
        }
    }

    private static Tensor toPictures(Tensor pixels) {
        return pixels.add(1).div(2).clamp(0, 1).permute(0, 2, 3, 1).contiguous();
    }

    private Tensor toPixels(Tensor pictures) {
        return cropped(cropped(pictures.narrow(3, 0, 3), 1), 2).permute(0, 3, 1, 2).mul(2).sub(1);
    }

    /**
     * @param pictures {@code [batch, height, width, 3 or more]}, 0 to 1; what exceeds a multiple of the scale is cut off
     *        on all sides alike
     * @return latents {@code [batch, channels, height / scale, width / scale]}
     */
    public Tensor encode(Tensor pictures) {
        try (var scope = new TensorScope()) {
            return scope.keep(autoencoder.encode(toPixels(pictures)).contiguous());
        }
    }

    /**
     * Decodes in tiles, three times with tiles of different shapes, of which it takes the mean.
     *
     * @param tiling in latents; overlapping by less than half of either side
     * @param done is called after each tile
     * @return as {@link #decode}
     */
    public Tensor decodeTiled(Tensor latents, Tiling tiling, Runnable done) {
        checkChannels(latents);
        try (var scope = new TensorScope()) {
            var sum = tiling.narrow().apply(latents, autoencoder::decode, scale(), done)
                    .add(tiling.wide().apply(latents, autoencoder::decode, scale(), done))
                    .add(tiling.apply(latents, autoencoder::decode, scale(), done));
            return scope.keep(toPictures(sum.div(3)));
        }
    }

    /**
     * Encodes in tiles, three times with tiles of different shapes, of which it takes the mean.
     *
     * @param tiling in pixels; overlapping by less than half of either side
     * @param done is called after each tile
     * @return as {@link #encode}
     */
    public Tensor encodeTiled(Tensor pictures, Tiling tiling, Runnable done) {
        try (var scope = new TensorScope()) {
            var pixels = toPixels(pictures);
            var sum = tiling.apply(pixels, autoencoder::encode, 1.0 / scale(), done)
                    .add(tiling.wide().apply(pixels, autoencoder::encode, 1.0 / scale(), done))
                    .add(tiling.narrow().apply(pixels, autoencoder::encode, 1.0 / scale(), done));
            return scope.keep(sum.div(3).contiguous());
        }
    }

    private Tensor cropped(Tensor pictures, int dim) {
        long rest = pictures.size(dim) % scale();
        return pictures.narrow(dim, rest / 2, pictures.size(dim) - rest);
    }
}
