package org.comfyee.workflow.node;

import java.util.Optional;

/**
 * An output of a node.
 *
 * @param list whether the node returns a list whose elements go on one by one
 */
public record Output(String type, String name, boolean list, Optional<String> tooltip) {

    /** A single value, named as its type is. */
    public static Output of(DataType<?> type) {
        return new Output(type.name(), type.name(), false, Optional.empty());
    }

    public Output named(String newName) {
        return new Output(type, newName, list, tooltip);
    }

    /** For a node whose value here is a list, of which each element is a value to the nodes behind it. */
    public Output asList() {
        return new Output(type, name, true, tooltip);
    }

    public Output tooltip(String text) {
        return new Output(type, name, list, Optional.of(text));
    }
}
