package org.comfyee.diffusion.patch;

import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.comfyee.torch.Generator;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;

/** Attention to the picture within tiles of it (tfernd 2023, "HyperTile"). */
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
        long rows = tiles(place.height(), shortest);
        long columns = tiles(place.width(), shortest);
        if (rows * columns == 1) {
            return inputs;
        }
        grid = new Grid(rows, columns, place.height() / rows, place.width() / columns);
        return new AttentionInputs(grid.cut(inputs.query()), grid.cut(inputs.key()), grid.cut(inputs.value()));
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
        // The last one of several is never chosen, as in ComfyUI.
        int last = Math.max(numbers.length - 1, 1);
        int index = last == 1 ? 0 : Math.min((int) (Tensor.rand(random.get(), ScalarType.FLOAT32, 1).item() * last), last - 1);
        return numbers[index];
    }
}
