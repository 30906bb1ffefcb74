package org.comfyee.diffusion.vae;

import java.util.Optional;
import java.util.function.UnaryOperator;
import org.comfyee.diffusion.checkpoint.LoadedWeights;
import org.comfyee.diffusion.checkpoint.Placements;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.tiles.Tiling;
import org.comfyee.torch.Memory;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.TorchException;

/** An autoencoder between pictures and latents. Latents are in the autoencoder's own units. */
public final class VaeModel {
    /** In latents and in pixels; for pictures that would take too much memory at once. */
    private static final Tiling DECODED_TILES = new Tiling(64, 64, 16);
    private static final Tiling ENCODED_TILES = new Tiling(512, 512, 64);
    private static final Runnable NOTHING = () -> {};
    /**
     * Bytes from which on the process's reserve is given back first: the few large blocks of such work do not fit into what the
     * many small ones of sampling have left free, and would come on top of it.
     */
    private static final long LARGE_WORK = 192L << 20;

    private final Autoencoder autoencoder;
    private final Optional<Weights> weights;

    /**
     * The autoencoder of a diffusion model.
     *
     * @param weights in the layout in which they lie at {@code first_stage_model}, or in that of the diffusers library
     * @throws java.util.NoSuchElementException if a weight is missing
     */
    public VaeModel(Weights weights) {
        var placement = Placements.current().forVae();
        var placed = (DiffusersVaeNames.areIn(weights) ? DiffusersVaeNames.replaced(weights) : weights).placed(placement);
        this.weights = Optional.of(placed);
        this.autoencoder = new PlacedAutoencoder(new AutoencoderKl(placed), placement);
    }

    private VaeModel(Autoencoder autoencoder) {
        this.autoencoder = autoencoder;
        this.weights = Optional.empty();
    }

    static VaeModel of(Autoencoder autoencoder) {
        return new VaeModel(autoencoder);
    }

    /**
     * Stands for the autoencoder of a checkpoint that has none; who uses it gets an {@link IllegalStateException}.
     *
     * @param reason what is missing where
     */
    public static VaeModel missing(String reason) {
        return new VaeModel(new MissingAutoencoder(reason));
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
        var placement = Placements.current().forVae();
        return new VaeModel(new PlacedAutoencoder(
                new TinyAutoencoder(encoder.placed(placement), decoder.placed(placement), latentScale, latentShift), placement));
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
     * @return pictures {@code [batch, height * scale, width * scale, 3]}, 0 to 1; computed in tiles if memory is short
     */
    public Tensor decode(Tensor latents) {
        checkChannels(latents);
        return withinMemory(latents, latents.size(2) * latents.size(3) * autoencoder.bytesForLatent(),
                some -> toPictures(autoencoder.decode(some)), one -> decodeTiled(one, DECODED_TILES, NOTHING));
    }

    /**
     * Computes a batch at once if memory suffices, else one by one, and those in tiles that are too large for that.
     *
     * @param bytes that one of them takes
     */
    private static Tensor withinMemory(Tensor batch, long bytes, UnaryOperator<Tensor> whole, UnaryOperator<Tensor> tiled) {
        if (bytes * batch.size(0) >= LARGE_WORK) {
            Memory.giveBack();
        }
        try (var scope = new TensorScope()) {
            return scope.keep(LoadedWeights.makeRoomToWork(bytes * batch.size(0))
                    ? wholeOrTiled(batch, whole, tiled)
                    : Tensor.cat(batch.split(1, 0).stream()
                            .map(one -> LoadedWeights.makeRoomToWork(bytes) ? wholeOrTiled(one, whole, tiled) : tiled.apply(one))
                            .toList(), 0));
        }
    }

    private static Tensor wholeOrTiled(Tensor batch, UnaryOperator<Tensor> whole, UnaryOperator<Tensor> tiled) {
        try (var scope = new TensorScope()) {
            return scope.keep(whole.apply(batch));
        } catch (TorchException e) {
            if (!e.outOfMemory()) {
                throw e;
            }
        }
        return tiled.apply(batch);
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
     * @return latents {@code [batch, channels, height / scale, width / scale]}; computed in tiles if memory is short
     */
    public Tensor encode(Tensor pictures) {
        return withinMemory(pictures, pictures.size(1) * pictures.size(2) * autoencoder.bytesForPixel(),
                some -> autoencoder.encode(toPixels(some)).contiguous(), one -> encodeTiled(one, ENCODED_TILES, NOTHING));
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
