package org.comfyee.workflow.graph;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.comfyee.workflow.json.PythonText;

/** The output nodes to which a client restricts a prompt: its {@code partial_execution_targets}. */
public final class Targets {
    private Targets() {}

    /**
     * Which nodes of a prompt a JSON value names, as Python's {@code in} has it.
     *
     * @return empty if the prompt is not restricted
     * @throws IllegalArgumentException if nothing can be in such a value
     */
    public static Optional<Set<String>> of(Object value, Set<String> nodes) {
        Predicate<String> named = switch (value) {
            case null -> _ -> true;
            case List<?> list -> list::contains;
            case Map<?, ?> map -> map::containsKey;
            case String text -> text::contains;
            default -> throw new IllegalArgumentException("the targets are '" + PythonText.str(value) + "', expected a list of ids of nodes");
        };
        return Optional.ofNullable(value).map(_ -> nodes.stream().filter(named).collect(Collectors.toSet()));
    }
}
