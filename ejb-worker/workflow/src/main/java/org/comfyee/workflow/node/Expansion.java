package org.comfyee.workflow.node;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.comfyee.workflow.graph.Link;

/**
 * The nodes that one call of a node expands into. Their ids are the same each time, so that their results are found in the
 * cache again, and unlike those of the node's other calls over a list.
 *
 * <pre>{@code
 * var expansion = context.expansion();
 * var half = expansion.add("ImageScaleBy", Map.of("image", image, "upscale_method", "area", "scale_by", 0.5));
 * return expansion.outputs(half.toJson());
 * }</pre>
 */
public final class Expansion {
    private final String prefix;
    private final Map<String, Object> nodes = new LinkedHashMap<>();

    /** @param prefix of the ids */
    public Expansion(String prefix) {
        this.prefix = prefix;
    }

    /**
     * Adds a node that clients see as the one that expands.
     *
     * @param inputs values, and links in the form that they have in a prompt
     * @return a link to its first output
     */
    public Link add(String classType, Map<String, ?> inputs) {
        return put(classType, inputs, new LinkedHashMap<>());
    }

    /** Adds a node that clients see as another one of the prompt, by that one's id. */
    public Link add(String classType, Map<String, ?> inputs, String displayId) {
        return put(classType, inputs, new LinkedHashMap<>(Map.of("override_display_id", displayId)));
    }

    private Link put(String classType, Map<String, ?> inputs, Map<String, Object> node) {
        var id = prefix + (nodes.size() + 1);
        node.put("class_type", classType);
        node.put("inputs", new LinkedHashMap<>(inputs));
        nodes.put(id, node);
        return new Link(id, 0);
    }

    /** What the call gives: values, and links to outputs of these nodes that stand for theirs. */
    public Outputs outputs(Object... values) {
        return Outputs.expand(nodes, values);
    }
}
