package org.comfyee.diffusion.sampling;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** What parts of a wanted conditioning have in common with those of an unwanted one. */
final class Sharing {
    private Sharing() {}

    /** Gives parts that are for the whole picture the things by turns, unless one of them has its own. */
    static <T> void give(
            List<T> things, List<ConditioningPart> parts, Predicate<ConditioningPart> has,
            BiFunction<ConditioningPart, T, ConditioningPart> give) {
        if (parts.stream().anyMatch(part -> part.area().isEmpty() && has.test(part))) {
            return;
        }
        var places = IntStream.range(0, parts.size()).filter(i -> parts.get(i).area().isEmpty()).toArray();
        if (places.length == 0) {
            return;
        }
        var free = List.copyOf(parts);
        for (int i = 0; i < things.size(); i++) {
            int place = places[i % places.length];
            parts.set(place, give.apply(free.get(place), things.get(i)));
        }
    }
}
