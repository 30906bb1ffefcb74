package org.comfyee.diffusion.hook;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/** How much a hook counts over a sampling. With no keyframes it always counts wholly. */
public final class Keyframes {
    public static final Keyframes NONE = new Keyframes(List.of());

    private final List<Keyframe> sorted;

    private Keyframes(List<Keyframe> sorted) {
        this.sorted = sorted;
    }

    /** The same and one more; of those that begin together the one that was added last counts in the end. */
    public Keyframes with(Keyframe keyframe) {
        var more = new ArrayList<>(sorted);
        more.add(keyframe);
        more.sort(Comparator.comparingDouble(Keyframe::start));
        return new Keyframes(List.copyOf(more));
    }

    /** By their starts. */
    public List<Keyframe> sorted() {
        return sorted;
    }

    /** The strength at a share of the sampling, 1 before the first keyframe. */
    double strengthAt(double share) {
        double strength = 1;
        for (var keyframe : sorted) {
            if (keyframe.start() <= share) {
                strength = keyframe.strength();
            }
        }
        return strength;
    }

    /** Adds the shares of the sampling at which the strength changes. */
    void addChanges(TreeSet<Double> changes) {
        for (int i = 0; i < sorted.size(); i++) {
            if (i == 0 || sorted.get(i).strength() != sorted.get(i - 1).strength()) {
                changes.add(sorted.get(i).start());
            }
        }
    }
}
