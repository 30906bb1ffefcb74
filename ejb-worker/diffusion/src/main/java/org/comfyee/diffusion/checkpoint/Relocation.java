package org.comfyee.diffusion.checkpoint;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.comfyee.torch.Tensor;

/** Puts weights that another layout names apart into the matrices that hold them together. */
final class Relocation {
    private static final String WEIGHT = ".weight";
    private static final String BIAS = ".bias";

    private record Part(WeightPlace place, Parameter parameter) {
        long first() {
            return place.rows().map(WeightPlace.Rows::first).orElse(0L);
        }
    }

    private Relocation() {}

    /** @param places by the names of weights, which hold for biases too; what has none keeps its name */
    static Weights toOriginal(Weights weights, Map<String, WeightPlace> places) {
        var parts = new HashMap<String, List<Part>>();
        for (var name : weights.names()) {
            var place = place(name, places);
            parts.computeIfAbsent(place.weight(), _ -> new ArrayList<>()).add(new Part(place, weights.get(name)));
        }
        var original = new HashMap<String, Parameter>();
        parts.forEach((name, each) -> original.put(name, joined(name, each)));
        return Weights.of(original);
    }

    private static WeightPlace place(String name, Map<String, WeightPlace> places) {
        if (places.containsKey(name)) {
            return places.get(name);
        }
        var weight = name.endsWith(BIAS) ? name.substring(0, name.length() - BIAS.length()) + WEIGHT : name;
        return places.containsKey(weight) ? places.get(weight).bias() : WeightPlace.of(name);
    }

    private static Parameter joined(String name, List<Part> parts) {
        var first = parts.getFirst();
        if (parts.size() == 1) {
            return first.parameter().derived(name, first.parameter().shape(), first.place()::ordered);
        }
        var sorted = parts.stream().sorted(Comparator.comparingLong(Part::first)).toList();
        var shape = first.parameter().shape();
        shape[0] = sorted.stream().mapToLong(part -> part.parameter().shape()[0]).sum();
        return first.parameter().derived(name, shape, _ -> Tensor.cat(sorted.stream().map(part -> part.parameter().inOwnType()).toList(), 0));
    }
}
