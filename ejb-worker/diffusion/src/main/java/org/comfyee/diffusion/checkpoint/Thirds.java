package org.comfyee.diffusion.checkpoint;

import java.util.Map;

/** Queries, keys and values that one matrix holds and a file names apart. */
final class Thirds {
    private Thirds() {}

    /** @param joined the matrix, where they are its first rows */
    static void add(Map<String, WeightPlace> names, long size, String query, String key, String value, String joined) {
        names.put(query + ".weight", WeightPlace.rows(joined, 0, size));
        names.put(key + ".weight", WeightPlace.rows(joined, size, size));
        names.put(value + ".weight", WeightPlace.rows(joined, 2 * size, size));
    }
}
