package org.comfyee.nodes;

import java.util.Arrays;
import org.comfyee.torch.Tensor;

/** Batches of a wanted length. */
public final class Batches {
    private Batches() {}

    /** The first items of a batch, or the batch over and over, until there are as many items as wanted. */
    public static Tensor repeatTo(Tensor x, long items) {
        if (x.size(0) >= items) {
            return x.narrow(0, 0, items);
        }
        var times = new long[x.dim()];
        Arrays.fill(times, 1);
        times[0] = Math.ceilDiv(items, x.size(0));
        return x.repeat(times).narrow(0, 0, items);
    }
}
