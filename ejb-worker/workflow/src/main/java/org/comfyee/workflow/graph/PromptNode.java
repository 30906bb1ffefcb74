package org.comfyee.workflow.graph;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.comfyee.workflow.json.Json;

/** One node of a prompt: its class and its inputs, each a constant or a {@link Link} in JSON form. */
public record PromptNode(String classType, Map<String, Object> inputs, Map<String, Object> json) {

    /**
     * A node without inputs has none; the check of a prompt sees to it that this is one which nothing needs.
     *
     * @throws IllegalArgumentException if the value lacks a class
     */
    public static PromptNode of(String id, Object value) {
        var json = Json.object(value).orElseThrow(() -> new IllegalArgumentException("node " + id + " is no object"));
        if (!(json.get("class_type") instanceof String classType)) {
            throw new IllegalArgumentException("node " + id + " has no class_type");
        }
        return new PromptNode(classType, Json.object(json.get("inputs")).orElse(Map.of()), json);
    }

    /** The inputs that are links, in their order. */
    public Map<String, Link> links() {
        var links = new LinkedHashMap<String, Link>();
        inputs.forEach((name, value) -> Link.of(value).ifPresent(link -> links.put(name, link)));
        return links;
    }

    /** A property that clients may add beside class and inputs. */
    public Optional<Object> property(String name) {
        return Optional.ofNullable(json.get(name));
    }
}
