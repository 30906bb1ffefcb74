package org.comfyee.diffusion.adapter;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.diffusion.checkpoint.WeightPlace;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.torch.TensorScope;

/** Reads the adapters of a file: the format of each shows in how its weights' names end. */
final class AdapterReader {
    /** How the two matrices of a LoRA are called, by training programs. */
    private record Ends(String up, String down) {}

    private static final String MIDDLE = ".lora_mid.weight";
    private static final List<Ends> LOW_RANK = List.of(
            new Ends(".lora_up.weight", ".lora_down.weight"), new Ends("_lora.up.weight", "_lora.down.weight"),
            new Ends(".lora_B.weight", ".lora_A.weight"), new Ends(".lora.up.weight", ".lora.down.weight"),
            new Ends(".lora_B", ".lora_A"), new Ends(".lora_linear_layer.up.weight", ".lora_linear_layer.down.weight"),
            new Ends(".lora_B.default.weight", ".lora_A.default.weight"));

    private final Weights file;
    private final Set<String> bases = new HashSet<>();
    private final Set<String> used = new HashSet<>();

    AdapterReader(Weights file) {
        this.file = file;
        for (var name : file.names()) {
            for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
                var base = name.substring(0, dot);
                bases.add(base);
                if (base.endsWith("_lora")) {
                    bases.add(base.substring(0, base.length() - "_lora".length()));
                }
            }
        }
    }

    /** The names in the file that were not read. */
    Set<String> unused() {
        var unused = new TreeSet<>(file.names());
        unused.removeAll(used);
        return unused;
    }

    /** The adapters of all weights that the file knows under one of these names. */
    Map<WeightPlace, Adapter> read(Map<String, WeightPlace> names) {
        var found = new LinkedHashMap<WeightPlace, Adapter>();
        try (var _ = new TensorScope()) {
            names.forEach((base, target) -> {
                if (bases.contains(base)) {
                    read(base, target, found);
                }
            });
        }
        return found;
    }

    private void read(String base, WeightPlace target, Map<WeightPlace, Adapter> found) {
        var magnitude = new Magnitude(find(base + ".alpha").map(alpha -> alpha.borrow().item()), find(base + ".dora_scale"));
        List<Function<String, Optional<? extends Adapter>>> formats = List.of(
                name -> lowRank(name, magnitude), name -> hadamard(name, magnitude), name -> kronecker(name, magnitude),
                name -> generalLora(name, magnitude), name -> rotation(name, magnitude),
                name -> find(name + ".w_norm").map(Difference::new), name -> find(name + ".diff").map(Difference::new),
                name -> find(name + ".set_weight").map(Replacement::new));
        formats.forEach(format -> format.apply(base).ifPresent(adapter -> found.put(target, adapter)));
        find(base + ".b_norm").ifPresent(value -> found.put(target.bias(), new Difference(value)));
        find(base + ".diff_b").ifPresent(value -> found.put(target.bias(), new Difference(value)));
    }

    private Optional<Parameter> find(String name) {
        var parameter = file.find(name);
        parameter.ifPresent(_ -> used.add(name));
        return parameter;
    }

    private Optional<LowRank> lowRank(String base, Magnitude magnitude) {
        var reshape = find(base + ".reshape_weight").map(shape -> longs(shape.borrow().toFloats()));
        for (var ends : LOW_RANK) {
            var up = find(base + ends.up());
            if (up.isPresent()) {
                var middle = ends == LOW_RANK.getFirst() ? find(base + MIDDLE) : Optional.<Parameter>empty();
                return Optional.of(new LowRank(up.get(), required(base + ends.down()), middle, magnitude, reshape));
            }
        }
        return Optional.empty();
    }

    private static long[] longs(float[] values) {
        var longs = new long[values.length];
        for (int i = 0; i < values.length; i++) {
            longs[i] = (long) values[i];
        }
        return longs;
    }

    private Parameter required(String name) {
        used.add(name);
        return file.get(name);
    }

    private Optional<Hadamard> hadamard(String base, Magnitude magnitude) {
        return find(base + ".hada_w1_a").map(left -> new Hadamard(
                new Hadamard.Factors(left, required(base + ".hada_w1_b"), find(base + ".hada_t1")),
                new Hadamard.Factors(required(base + ".hada_w2_a"), required(base + ".hada_w2_b"), find(base + ".hada_t2")), magnitude));
    }

    private Optional<Kronecker> kronecker(String base, Magnitude magnitude) {
        var first = factor(base + ".lokr_w1", Optional.empty());
        var second = factor(base + ".lokr_w2", find(base + ".lokr_t2"));
        return first.isPresent() && second.isPresent() ? Optional.of(new Kronecker(first.get(), second.get(), magnitude)) : Optional.empty();
    }

    private Optional<Kronecker.Factor> factor(String name, Optional<Parameter> core) {
        var whole = find(name);
        if (whole.isPresent()) {
            return Optional.of(new Kronecker.Whole(whole.get()));
        }
        return find(name + "_a").map(left -> new Kronecker.Product(left, required(name + "_b"), core));
    }

    private Optional<GeneralLora> generalLora(String base, Magnitude magnitude) {
        return find(base + ".a1.weight").map(a1 -> new GeneralLora(a1, required(base + ".a2.weight"),
                required(base + ".b1.weight"), required(base + ".b2.weight"), magnitude));
    }

    /** The number of dimensions tells one rotation from several. */
    private Optional<? extends Adapter> rotation(String base, Magnitude magnitude) {
        return find(base + ".oft_blocks").map(blocks -> blocks.shape().length == 3
                ? new Orthogonal(blocks, find(base + ".rescale"), magnitude)
                : new Butterfly(blocks, find(base + ".rescale"), magnitude));
    }
}
