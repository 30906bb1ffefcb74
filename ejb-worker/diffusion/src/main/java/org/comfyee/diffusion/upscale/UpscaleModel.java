package org.comfyee.diffusion.upscale;

import java.util.NoSuchElementException;
import org.comfyee.diffusion.checkpoint.Placement;
import org.comfyee.diffusion.checkpoint.Placements;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.tiles.Tiling;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.TorchException;

/** A model that makes pictures larger: of the ESRGAN family, or a compact one. */
public final class UpscaleModel {
    private static final int LARGEST_TILE = 512;
    private static final int SMALLEST_TILE = 128;
    private static final int OVERLAP = 32;

    private final UpscaleNetwork network;
    private final Placement placement;

    private UpscaleModel(UpscaleNetwork network, Placement placement) {
        this.network = network;
        this.placement = placement;
    }

    /**
     * @param weights in the layout of ESRGAN, old or new, of Real-ESRGAN or of its compact models
     * @throws NoSuchElementException if a weight is missing
     * @throws IllegalArgumentException if they are of another kind
     */
    public static UpscaleModel of(Weights weights) {
        var placement = Placements.current().forUpscaling();
        return new UpscaleModel(network(weights.placed(placement)), placement);
    }

    private static UpscaleNetwork network(Weights weights) {
        if (weights.has("body.0.weight") && weights.has("body.1.weight") && !weights.has("conv_first")) {
            return new CompactNetwork(weights);
        }
        var modern = EsrganNames.modern(weights);
        if (!modern.has("conv_first.weight") || !modern.has("body.0.rdb1.conv1.weight")) {
            throw new IllegalArgumentException("the weights are neither those of an ESRGAN nor those of a compact Real-ESRGAN");
        }
        return new Esrgan(modern);
    }

    /** How many pixels one pixel becomes in each direction. */
    public int scale() {
        return network.scale();
    }

    /** How the pictures' tiles are counted. */
    @FunctionalInterface
    public interface Progress {
        /** @param tiles of how many */
        Runnable start(long tiles);
    }

    /**
     * Works in tiles, and in smaller ones when memory runs out.
     *
     * @param pictures {@code [batch, height, width, 3 or more]}, 0 to 1
     * @param progress begins anew with each size of the tiles
     * @return {@code [batch, height * scale, width * scale, 3]}, 0 to 1
     * @throws TorchException if memory does not suffice for tiles of 128 pixels
     */
    public Tensor upscale(Tensor pictures, Progress progress) {
        var pixels = pictures.narrow(3, 0, 3).permute(0, 3, 1, 2);
        for (int tile = LARGEST_TILE;; tile /= 2) {
            var tiling = new Tiling(tile, tile, OVERLAP);
            try (var scope = new TensorScope()) {
                var done = progress.start(pixels.size(0) * tiling.count(pixels.size(2), pixels.size(3)));
                return scope.keep(tiling.apply(pixels, this::apply, scale(), done).permute(0, 2, 3, 1).contiguous());
            } catch (TorchException e) {
                if (!e.outOfMemory() || tile / 2 < SMALLEST_TILE) {
                    throw e;
                }
            }
        }
    }

    private Tensor apply(Tensor pixels) {
        return placement.out(network.apply(placement.in(pixels)).clamp(0, 1));
    }
}
