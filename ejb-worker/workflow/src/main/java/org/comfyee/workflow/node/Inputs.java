package org.comfyee.workflow.node;

import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

/** The values of one call of a node, read by the node's own {@link Input} keys. */
public final class Inputs {
    private final Map<String, Object> values;

    /** @param values by the inputs' names; for a node that takes lists, a list each */
    public Inputs(Map<String, Object> values) {
        this.values = values;
    }

    /**
     * @throws NoSuchElementException if the input was not given
     * @throws IllegalArgumentException if the value has another type
     */
    public <T> T get(Input<T> input) {
        return find(input).orElseThrow(() -> new NoSuchElementException("input " + input.name() + " is missing"));
    }

    /** The value, unless the input was left out or its link is not computed yet. */
    public <T> Optional<T> find(Input<T> input) {
        return Optional.ofNullable(values.get(input.name())).map(input::read);
    }

    /** All values of an input, for a node that takes lists. */
    public <T> List<T> list(Input<T> input) {
        var value = values.get(input.name());
        if (value instanceof List<?> elements) {
            return elements.stream().<T>map(input::read).toList();
        }
        throw new IllegalArgumentException("input " + input.name() + " is no list: only nodes that take lists may read one");
    }

    /** Whether the user gave the input, if only as a link that is not computed yet. */
    public boolean has(Input<?> input) {
        return values.containsKey(input.name());
    }
}
