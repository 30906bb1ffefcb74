package org.comfyee.diffusion.checkpoint;

import java.util.List;
import java.util.Optional;
import org.comfyee.torch.Tensor;

/**
 * The weight of a model that a name in another layout stands for.
 *
 * @param weight its name in the model
 * @param rows which of its rows, if not all
 * @param swapped whether the file has the lower half of the rows first
 */
public record WeightPlace(String weight, Optional<Rows> rows, boolean swapped) {

    /** Neighbouring rows, counted from 0. */
    public record Rows(long first, long count) {}

    /** The whole of a weight, in its own order. */
    public static WeightPlace of(String weight) {
        return new WeightPlace(weight, Optional.empty(), false);
    }

    static WeightPlace swapped(String weight) {
        return new WeightPlace(weight, Optional.empty(), true);
    }

    static WeightPlace rows(String weight, long first, long count) {
        return new WeightPlace(weight, Optional.of(new Rows(first, count)), false);
    }

    /** The bias beside the weight. */
    public WeightPlace bias() {
        return new WeightPlace(weight.replaceFirst("\\.weight$", "") + ".bias", rows, swapped);
    }

    /** A change in the file's order of rows, in the model's. */
    public Tensor ordered(Tensor change) {
        if (!swapped) {
            return change;
        }
        var halves = change.chunk(2, 0);
        return Tensor.cat(List.of(halves.get(1), halves.get(0)), 0);
    }
}
