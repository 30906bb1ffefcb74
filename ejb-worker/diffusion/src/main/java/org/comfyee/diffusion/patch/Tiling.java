package org.comfyee.diffusion.patch;

import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.comfyee.torch.Generator;
import org.comfyee.torch.Tensor;

/**
 * Attention to the picture in parts (tfernd 2023, "HyperTile"), as ComfyUI has it: queries are cut into tiles, but each tile looks at
 * as many tokens in reading order, and where a picture is no square its width is taken for its height.
 */
public final class Tiling implements NetworkPatch {
    private static final int SMALLEST_TILE = 32;
    private static final int PIXELS_PER_LATENT = 8;

    private final int tile;
    private final int choices;
    private final int maxDepth;
    private final boolean scaleDepth;
    private final Supplier<Generator> random;
    private Grid grid;

    /**
     * @param tileSize shortest side of a tile in pixels
     * @param choices among how many numbers of tiles chance chooses
     * @param maxDepth how often the feature map may have been halved
     * @param scaleDepth whether tiles keep their size when the feature map is halved, rather than covering as much of the picture
     */
    public Tiling(int tileSize, int choices, int maxDepth, boolean scaleDepth, Supplier<Generator> random) {
        this.tile = Math.max(SMALLEST_TILE, tileSize) / PIXELS_PER_LATENT;
        this.choices = choices;
        this.maxDepth = maxDepth;
        this.scaleDepth = scaleDepth;
        this.random = random;
    }

    /** @param rows of tiles, as are columns; height and width of a tile */
    private record Grid(long rows, long columns, long height, long width) {
        Tensor cut(Tensor x) {
            return x.reshape(x.size(0), rows, height, columns, width, x.size(2)).permute(0, 1, 3, 2, 4, 5)
                    .reshape(x.size(0) * rows * columns, height * width, x.size(2));
        }

        /** As many tokens for each tile, in the order in which they come. */
        Tensor share(Tensor x) {
            return x.reshape(x.size(0) * rows * columns, x.size(1) / (rows * columns), x.size(2));
        }

        Tensor join(Tensor tiles) {
            long batch = tiles.size(0) / rows / columns;
            return tiles.reshape(batch, rows, columns, height, width, tiles.size(2)).permute(0, 1, 3, 2, 4, 5)
                    .reshape(batch, rows * height * columns * width, tiles.size(2));
        }
    }

    @Override
    public AttentionInputs attentionInputs(Pass pass, AttentionPlace place, AttentionInputs inputs) {
        int depth = depth(pass, place);
        // Tokens that another patch merged are no rectangle.
        boolean whole = inputs.query().size(1) == place.height() * place.width();
        if (place.cross() || depth < 0 || !whole) {
            return inputs;
        }
        int shortest = scaleDepth ? tile << depth : tile;
        long rows = tiles(place.width(), shortest);
        long columns = tiles(place.height(), shortest);
        if (rows * columns == 1) {
            return inputs;
        }
        grid = new Grid(rows, columns, place.width() / rows, place.height() / columns);
        return new AttentionInputs(grid.cut(inputs.query()), grid.share(inputs.key()), grid.share(inputs.value()));
    }

    @Override
    public Tensor attended(Pass pass, AttentionPlace place, Tensor output) {
        if (place.cross() || grid == null) {
            return output;
        }
        var joined = grid.join(output);
        grid = null;
        return joined;
    }

    /** How often the feature map was halved; -1 if too often, or by other factors. */
    private int depth(Pass pass, AttentionPlace place) {
        return IntStream.rangeClosed(0, maxDepth)
                .filter(i -> place.height() * place.width() << 2 * i == pass.height() * pass.width())
                .findFirst().orElse(-1);
    }

    /** Into how many tiles a side is cut: each at least so long and all of one length. */
    private long tiles(long side, int shortest) {
        var numbers = IntStream.rangeClosed((int) Math.min(shortest, side), (int) side)
                .filter(length -> side % length == 0)
                .mapToLong(length -> side / length)
                .limit(choices)
                .toArray();
        // The last one of several is never chosen, as in ComfyUI; of two the first one is, which costs a draw all the same.
        int last = numbers.length - 1;
        return numbers[last == 0 ? 0 : (int) Tensor.randint(random.get(), last, 1).toLongs()[0]];
    }
}
