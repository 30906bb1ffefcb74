package org.comfyee.workflow.execution;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.comfyee.workflow.graph.Link;
import org.comfyee.workflow.node.NodeRegistry;

/** The nodes that are still to run, each with the number of nodes it waits for. */
final class ExecutionList {
    private record Edge(String from, String to) {}

    private final DynamicPrompt prompt;
    private final NodeRegistry registry;
    private final Predicate<String> isCached;
    private final Map<String, Integer> pending = new LinkedHashMap<>();
    private final Map<String, Set<String>> blocking = new HashMap<>();
    /** What nodes read beside their inputs: that of which they expanded into. */
    private final Map<String, Set<String>> required = new HashMap<>();

    ExecutionList(DynamicPrompt prompt, NodeRegistry registry, Predicate<String> isCached) {
        this.prompt = prompt;
        this.registry = registry;
        this.isCached = isCached;
    }

    /** Adds a node, even a cached one, and all that it needs. */
    void add(String node) {
        var stack = new ArrayDeque<String>();
        var edges = new ArrayList<Edge>();
        stack.push(node);
        while (!stack.isEmpty()) {
            var id = stack.pop();
            if (pending.containsKey(id)) {
                continue;
            }
            // Fails here, before anything of it runs, if a link leads nowhere.
            var promptNode = prompt.node(id);
            pending.put(id, 0);
            promptNode.links().forEach((input, link) -> {
                if (!isLazy(promptNode.classType(), input) && !isCached.test(link.node())) {
                    stack.push(link.node());
                    edges.add(new Edge(link.node(), id));
                }
            });
        }
        edges.forEach(edge -> block(edge.from(), edge.to()));
    }

    private boolean isLazy(String classType, String input) {
        return registry.find(classType).flatMap(node -> node.definition().input(input)).map(found -> found.isLazy()).orElse(false);
    }

    /** Makes a node wait for another, which is added if it is not there yet. */
    void require(String from, String to) {
        required.computeIfAbsent(to, _ -> new LinkedHashSet<>()).add(from);
        if (!isCached.test(from)) {
            add(from);
            block(from, to);
        }
    }

    /** Makes a node wait for the source of a lazy input. */
    void requireInput(String node, String input) {
        var value = prompt.node(node).inputs().get(input);
        if (value == null) {
            throw new IllegalArgumentException("Node " + node + " says it needs input " + input + ", but there is no input to that node at all");
        }
        var link = Link.of(value).orElseThrow(() -> new IllegalArgumentException(
                "Node " + node + " says it needs input " + input + ", but that value is a constant"));
        require(link.node(), node);
    }

    private void block(String from, String to) {
        if (pending.containsKey(from) && blocking.computeIfAbsent(from, _ -> new LinkedHashSet<>()).add(to)) {
            pending.merge(to, 1, Integer::sum);
        }
    }

    boolean isEmpty() {
        return pending.isEmpty();
    }

    /** Whether a node that has yet to finish reads this one. */
    boolean isAwaited(String id) {
        return pending.keySet().stream().anyMatch(each -> required.getOrDefault(each, Set.of()).contains(id)
                || prompt.node(each).links().values().stream().anyMatch(link -> link.node().equals(id)));
    }

    /** The node to run next; none if all wait for each other. */
    Optional<String> next() {
        var ready = pending.entrySet().stream().filter(entry -> entry.getValue() == 0).map(Map.Entry::getKey).toList();
        // Results for the user come first, then what leads to them.
        return first(ready, this::isOutput)
                .or(() -> first(ready, id -> blocked(id).stream().anyMatch(this::isOutput)))
                .or(() -> first(ready, id -> blocked(id).stream().flatMap(each -> blocked(each).stream()).anyMatch(this::isOutput)))
                .or(() -> ready.stream().findFirst());
    }

    private static Optional<String> first(List<String> ready, Predicate<String> wanted) {
        return ready.stream().filter(wanted).findFirst();
    }

    private Set<String> blocked(String id) {
        return blocking.getOrDefault(id, Set.of());
    }

    private boolean isOutput(String id) {
        return registry.find(prompt.node(id).classType()).map(node -> node.definition().isOutputNode()).orElse(false);
    }

    void complete(String id) {
        pending.remove(id);
        var waiting = blocking.remove(id);
        if (waiting != null) {
            waiting.forEach(each -> pending.computeIfPresent(each, (_, count) -> count - 1));
        }
    }

    /** A node of a circle of nodes that wait for each other; one that the user sees under another id is named first. */
    String culprit() {
        var circle = new LinkedHashMap<>(pending);
        boolean shrunk = true;
        while (shrunk) {
            var blockers = circle.keySet().stream().filter(id -> blocked(id).stream().anyMatch(circle::containsKey)).toList();
            shrunk = circle.keySet().retainAll(blockers);
        }
        return circle.keySet().stream().map(prompt::displayId).filter(id -> !circle.containsKey(id)).findFirst()
                .orElseGet(() -> circle.keySet().iterator().next());
    }
}
