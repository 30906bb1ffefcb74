package org.comfyee.workflow.node;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one call of a node gives.
 *
 * @param values one for each declared output; a link into the expansion where there is one
 * @param ui what clients are shown, for example {@code images}
 * @param expansion nodes to run in place of this one, by id, in the form of a prompt
 */
public record Outputs(List<Object> values, Map<String, List<?>> ui, Optional<Map<String, Object>> expansion) {

    /** @param values one for each declared output, in their order; an array of objects as the only one must be cast to {@code Object} */
    public static Outputs of(Object... values) {
        return new Outputs(Collections.unmodifiableList(Arrays.asList(values.clone())), Map.of(), Optional.empty());
    }

    /** What an output node shows, and its values if it declares any. */
    public static Outputs ui(Map<String, List<?>> ui, Object... values) {
        return new Outputs(of(values).values(), ui, Optional.empty());
    }

    /**
     * @param nodes as {@link NodeContext#expansion} makes them
     * @param values links into these, or plain values
     */
    public static Outputs expand(Map<String, Object> nodes, Object... values) {
        return new Outputs(of(values).values(), Map.of(), Optional.of(nodes));
    }
}
