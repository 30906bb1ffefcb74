package org.comfyee.nodes.image.postprocessing;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How often colours occur. When there are too many, those that differ only in their last bits are counted as one. */
final class ColorCounts {
    private final int most;
    private Map<Integer, Integer> counts = new HashMap<>();
    private int ignoredBits;

    /**
     * Colours that are counted as one.
     *
     * @param color what they have in common, without the bits in which they differ
     */
    record Group(int color, int count) {}

    ColorCounts(int most) {
        this.most = most;
    }

    /** The colour of the group that a colour belongs to. */
    int group(int color) {
        return shifted(color, ignoredBits);
    }

    private static int shifted(int color, int bits) {
        int mask = 0xff >> bits;
        return color >> bits & (mask << 16 | mask << 8 | mask);
    }

    void add(int color) {
        counts.merge(group(color), 1, Integer::sum);
        while (counts.size() > most) {
            ignoredBits++;
            var joined = new HashMap<Integer, Integer>();
            counts.forEach((group, count) -> joined.merge(shifted(group, 1), count, Integer::sum));
            counts = joined;
        }
    }

    List<Group> groups() {
        return counts.entrySet().stream().map(entry -> new Group(entry.getKey(), entry.getValue())).toList();
    }
}
