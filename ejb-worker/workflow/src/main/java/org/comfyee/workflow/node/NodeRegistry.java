package org.comfyee.workflow.node;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/** The nodes that this process knows, by class name. */
public final class NodeRegistry {
    private final Map<String, Node> nodes = new LinkedHashMap<>();

    private NodeRegistry(Iterable<Node> all) {
        for (var node : all) {
            var name = node.definition().name();
            if (nodes.putIfAbsent(name, node) != null) {
                throw new IllegalArgumentException("two nodes are called " + name);
            }
        }
    }

    /** The nodes that the class loader offers as services. */
    public static NodeRegistry load(ClassLoader loader) {
        var all = new ArrayList<Node>();
        ServiceLoader.load(Node.class, loader).forEach(all::add);
        ServiceLoader.load(NodeFamily.class, loader).forEach(family -> all.addAll(family.nodes()));
        return new NodeRegistry(all);
    }

    public static NodeRegistry of(Collection<Node> nodes) {
        return new NodeRegistry(nodes);
    }

    public Optional<Node> find(String classType) {
        return Optional.ofNullable(nodes.get(classType));
    }

    public Collection<Node> all() {
        return Collections.unmodifiableCollection(nodes.values());
    }
}
