package org.comfyee.workflow.graph;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A reference to an output of another node: {@code ["4", 0]} in a prompt. */
public record Link(String node, int slot) {

    /** The value as a link, if it has the form of one; every other value is a constant. */
    public static Optional<Link> of(Object value) {
        if (value instanceof List<?> list && list.size() == 2 && list.get(0) instanceof String node && list.get(1) instanceof Number slot) {
            // Numbers that no slot can have stay such: the conversion of floating-point numbers stops at the largest.
            return Optional.of(new Link(node, (int) slot.doubleValue()));
        }
        return Optional.empty();
    }

    /** What the slot means among so many outputs, if there is such a one; negative slots count from the end. */
    public OptionalInt indexIn(int outputs) {
        int index = slot < 0 ? outputs + slot : slot;
        return index >= 0 && index < outputs ? OptionalInt.of(index) : OptionalInt.empty();
    }

    /** The form in a prompt. */
    public List<Object> toJson() {
        return List.of(node, (long) slot);
    }
}
