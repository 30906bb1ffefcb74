package org.comfyee.diffusion.tiles;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * How something large is worked on in tiles.
 *
 * @param width of a tile in cells of the source
 * @param height of a tile
 * @param overlap how many cells neighbouring tiles have in common; results fade into each other there
 */
public record Tiling(int width, int height, int overlap) {
    /** Tiles half as wide and twice as high. */
    public Tiling narrow() {
        return new Tiling(width / 2, height * 2, overlap);
    }

    /** Tiles twice as wide and half as high. */
    public Tiling wide() {
        return new Tiling(width * 2, height / 2, overlap);
    }

    /** How many tiles a source needs. */
    public int count(long sourceHeight, long sourceWidth) {
        return positions(sourceHeight, height).size() * positions(sourceWidth, width).size();
    }

    /** How many tiles a source needs if these and both other shapes are used. */
    public int countThrice(long sourceHeight, long sourceWidth) {
        return count(sourceHeight, sourceWidth) + narrow().count(sourceHeight, sourceWidth) + wide().count(sourceHeight, sourceWidth);
    }

    /**
     * Works on a batch tile by tile and puts the results together.
     *
     * @param source {@code [batch, channels, height, width]}
     * @param work changes tiles, whose results all have the same channels and are larger than their sources by a factor
     * @param scale that factor
     * @param done is called after each tile
     * @throws IllegalArgumentException if the tiles overlap so much that they would not get on
     */
    public Tensor apply(Tensor source, UnaryOperator<Tensor> work, double scale, Runnable done) {
        try (var scope = new TensorScope()) {
            return scope.keep(Tensor.cat(source.split(1, 0).stream().map(item -> one(item, work, scale, done)).toList(), 0));
        }
    }

    private Tensor one(Tensor source, UnaryOperator<Tensor> work, double scale, Runnable done) {
        long sourceHeight = source.size(2);
        long sourceWidth = source.size(3);
        if (sourceHeight <= height && sourceWidth <= width) {
            var whole = work.apply(source);
            done.run();
            return whole;
        }
        Tensor sum = null;
        Tensor weights = null;
        for (long y : positions(sourceHeight, height)) {
            for (long x : positions(sourceWidth, width)) {
                try (var scope = new TensorScope()) {
                    var tile = source.narrow(2, y, Math.min(height, sourceHeight - y)).narrow(3, x, Math.min(width, sourceWidth - x));
                    var result = work.apply(tile);
                    if (sum == null) {
                        long[] shape = {1, result.size(1), Math.round(sourceHeight * scale), Math.round(sourceWidth * scale)};
                        sum = scope.keep(Tensor.zeros(result.dtype(), shape));
                        weights = scope.keep(Tensor.zeros(result.dtype(), 1, 1, shape[2], shape[3]));
                    }
                    var weight = fade(result.size(2), scale).reshape(1, 1, -1, 1).mul(fade(result.size(3), scale));
                    window(sum, result, y, x, scale).addInPlace(result.mul(weight));
                    window(weights, result, y, x, scale).addInPlace(weight);
                    done.run();
                }
            }
        }
        return sum.div(weights);
    }

    /** Rises from both ends, unless the tile is smaller than the overlap. */
    private Tensor fade(long length, double scale) {
        int feather = (int) Math.rint(overlap * scale);
        return feather >= length ? EdgeRamp.along(length, 0, 0) : EdgeRamp.along(length, feather, feather);
    }

    private static Tensor window(Tensor whole, Tensor result, long y, long x, double scale) {
        return whole.narrow(2, (long) Math.rint(y * scale), result.size(2)).narrow(3, (long) Math.rint(x * scale), result.size(3));
    }

    private List<Long> positions(long size, int tile) {
        if (size <= tile) {
            return List.of(0L);
        }
        if (tile <= overlap) {
            throw new IllegalArgumentException("tiles of " + width + "x" + height + " overlap by " + overlap + ", expected less than either side");
        }
        return LongStream.iterate(0, at -> at < size - overlap, at -> at + tile - overlap).boxed().toList();
    }
}
