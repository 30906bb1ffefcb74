package org.comfyee.diffusion.adapter;

import java.util.List;
import java.util.Optional;
import org.comfyee.torch.Tensor;

/**
 * The weight that a name in an adapter's file stands for.
 *
 * @param weight its name in the model
 * @param rows which of its rows, if not all
 * @param swapped whether the file has the lower half of the rows first
 */
record Target(String weight, Optional<Rows> rows, boolean swapped) {

    record Rows(long first, long count) {}

    static Target of(String weight) {
        return new Target(weight, Optional.empty(), false);
    }

    static Target swapped(String weight) {
        return new Target(weight, Optional.empty(), true);
    }

    static Target rows(String weight, long first, long count) {
        return new Target(weight, Optional.of(new Rows(first, count)), false);
    }

    /** The bias beside the weight. */
    Target bias() {
        return new Target(weight.replaceFirst("\\.weight$", "") + ".bias", rows, swapped);
    }

    /** A change in the file's order of rows, in the model's. */
    Tensor ordered(Tensor change) {
        if (!swapped) {
            return change;
        }
        var halves = change.chunk(2, 0);
        return Tensor.cat(List.of(halves.get(1), halves.get(0)), 0);
    }
}
