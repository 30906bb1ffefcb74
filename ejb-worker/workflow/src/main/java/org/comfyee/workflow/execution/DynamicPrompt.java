package org.comfyee.workflow.execution;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.comfyee.workflow.graph.PromptNode;
import org.comfyee.workflow.json.Json;

/** A prompt that grows while it runs: its own nodes and those that nodes expanded into. */
final class DynamicPrompt {
    private record Entry(PromptNode node, Optional<String> parent, String displayId) {}

    private final Map<String, Object> original;
    private final Map<String, Entry> nodes = new LinkedHashMap<>();

    DynamicPrompt(Map<String, Object> prompt) {
        original = prompt;
        prompt.forEach((id, value) -> nodes.put(id, new Entry(PromptNode.of(id, value), Optional.empty(), id)));
    }

    Map<String, Object> original() {
        return original;
    }

    Set<String> ids() {
        return nodes.keySet();
    }

    boolean has(String id) {
        return nodes.containsKey(id);
    }

    /** @throws IllegalArgumentException if there is no such node */
    PromptNode node(String id) {
        return entry(id).node();
    }

    private Entry entry(String id) {
        var entry = nodes.get(id);
        if (entry == null) {
            throw new IllegalArgumentException("Node " + id + " not found");
        }
        return entry;
    }

    Optional<String> parent(String id) {
        return entry(id).parent();
    }

    /** The node that the user sees in place of this one. */
    String displayId(String id) {
        var shown = entry(id).displayId();
        return shown.equals(id) || !has(shown) ? shown : displayId(shown);
    }

    /** The node of the submitted prompt from which this one comes. */
    String realId(String id) {
        return parent(id).map(this::realId).orElse(id);
    }

    /** Id and class of the nodes around an expanded one, outermost first. */
    List<String> scope(String id) {
        return parent(id).map(outer -> {
            var scope = new ArrayList<>(scope(outer));
            scope.add(outer);
            scope.add(node(outer).classType());
            return List.copyOf(scope);
        }).orElse(List.of());
    }

    /** @throws IllegalArgumentException if the id is taken */
    void addExpanded(String id, Object value, String parent) {
        if (has(id)) {
            throw new IllegalArgumentException("Attempt to add duplicate node " + id + ": the ids of expanded nodes must be unique");
        }
        var displayId = Json.object(value).map(json -> json.get("override_display_id")).map(String::valueOf).orElse(parent);
        nodes.put(id, new Entry(PromptNode.of(id, value), Optional.of(parent), displayId));
    }
}
