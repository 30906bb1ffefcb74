package org.comfyee.diffusion.adapter;

import java.util.Map;
import org.comfyee.diffusion.checkpoint.Weights;

/** Queries, keys and values that one matrix holds and a file names apart. */
final class Thirds {
    private Thirds() {}

    /** @param joined the matrix; there may be none */
    static void add(Map<String, Target> names, Weights network, String query, String key, String value, String joined) {
        if (network.find(joined).isPresent()) {
            long size = network.size(joined, 0) / 3;
            names.put(query + ".weight", Target.rows(joined, 0, size));
            names.put(key + ".weight", Target.rows(joined, size, size));
            names.put(value + ".weight", Target.rows(joined, 2 * size, size));
        }
    }
}
