package org.comfyee.diffusion.checkpoint;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.TensorFile;

/** A model's weights by name, seen from one place of its tree: {@code weights.at("input_blocks.1.0").get("in_layers.0.weight")}. */
public final class Weights {
    private final TreeMap<String, Parameter> parameters;
    private final String prefix;

    private Weights(TreeMap<String, Parameter> parameters, String prefix) {
        this.parameters = parameters;
        this.prefix = prefix;
    }

    /** All tensors of a file; weights of 8 bits that have a factor beside them are multiplied by it. */
    public static Weights of(TensorFile file) {
        var parameters = new TreeMap<String, Parameter>();
        file.names().forEach(name -> parameters.put(name, Parameter.of(file, name)));
        ScaledWeights.replaceIn(parameters);
        return new Weights(parameters, "");
    }

    /** Weights that were put together by name. */
    public static Weights of(Map<String, Parameter> parameters) {
        return new Weights(new TreeMap<>(parameters), "");
    }

    /** The names of all weights below this place, as {@link #get} takes them. */
    public List<String> names() {
        return parameters.subMap(prefix, prefix + Character.MAX_VALUE).keySet().stream()
                .map(name -> name.substring(prefix.length()))
                .toList();
    }

    /** The same weights under other names; those that get an empty name are left out. */
    public Weights renamed(UnaryOperator<String> rename) {
        var renamed = new TreeMap<String, Parameter>();
        parameters.forEach((name, parameter) -> {
            var newName = rename.apply(name);
            if (!newName.isEmpty()) {
                renamed.put(newName, parameter);
            }
        });
        return new Weights(renamed, prefix);
    }

    /** The same names with other weights. */
    public Weights changed(UnaryOperator<Parameter> change) {
        var changed = new TreeMap<String, Parameter>();
        parameters.forEach((name, parameter) -> changed.put(name, change.apply(parameter)));
        return new Weights(changed, prefix);
    }

    /**
     * The same weights, some of which are replaced.
     *
     * @param replacements by their names as {@link #get} takes them
     */
    public Weights with(Map<String, Parameter> replacements) {
        var changed = new TreeMap<>(parameters);
        replacements.forEach((name, parameter) -> changed.put(prefix + name, parameter));
        return new Weights(changed, prefix);
    }

    /** The same weights in the place and type that their model computes in. */
    public Weights placed(Placement placement) {
        return changed(parameter -> parameter.placed(placement));
    }

    /**
     * Likewise for a model that uses its weights rarely ({@link Parameter#borrow}). What another device than the CPU keeps of them
     * lies there in its own type, which takes less memory than the one that is computed with.
     */
    public Weights placedForRareUse(Placement placement) {
        return placement.device().isCpu() ? placed(placement) : changed(parameter -> parameter.held(parameter.type())).placed(placement);
    }

    /**
     * Frees what was read of those weights that are not also others'. They are read again if they are used again.
     *
     * @param others of the same names
     */
    public void forgetAllBut(Weights others) {
        for (var name : names()) {
            var parameter = get(name);
            if (others.find(name).filter(each -> each == parameter).isEmpty()) {
                parameter.loadedWeights().forget(parameter);
            }
        }
    }

    /** The type that most of the weights below this place are stored in. */
    public ScalarType mainType() {
        var bytes = new EnumMap<ScalarType, Long>(ScalarType.class);
        for (var name : names()) {
            bytes.merge(get(name).type(), get(name).bytes(), Long::sum);
        }
        return bytes.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey).orElse(ScalarType.FLOAT32);
    }

    /** The weights whose names go on after {@code name} and a dot. */
    public Weights at(String name) {
        return new Weights(parameters, prefix + name + ".");
    }

    /** Whether there is such a weight, or one further down. */
    public boolean has(String name) {
        var path = prefix + name;
        var next = parameters.ceilingKey(path);
        return next != null && (next.equals(path) || next.startsWith(path + ".") || hasBelow(path));
    }

    private boolean hasBelow(String path) {
        var next = parameters.ceilingKey(path + ".");
        return next != null && next.startsWith(path + ".");
    }

    /** @throws NoSuchElementException that names the weight */
    public Parameter get(String name) {
        return find(name).orElseThrow(() -> new NoSuchElementException("the model has no weight '" + prefix + name + "'"));
    }

    /** As {@link #get}, empty if there is no such weight. */
    public Optional<Parameter> find(String name) {
        return Optional.ofNullable(parameters.get(prefix + name));
    }

    /**
     * The size of one dimension of a weight.
     *
     * @throws NoSuchElementException that names the weight, if there is none or it has fewer dimensions
     */
    public long size(String name, int dim) {
        var shape = get(name).shape();
        if (dim >= shape.length) {
            throw new NoSuchElementException("the weight '" + prefix + name + "' has the shape " + Arrays.toString(shape) + ", expected at least "
                    + (dim + 1) + " dimensions");
        }
        return shape[dim];
    }

    /** How many of {@code name.0}, {@code name.1}, ... there are. */
    public int count(String name) {
        int count = 0;
        while (has(name + "." + count)) {
            count++;
        }
        return count;
    }
}
