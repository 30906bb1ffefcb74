package org.comfyee.workflow.node;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Predicate;
import org.comfyee.workflow.files.Folders;

/** The nodes that this process knows, by class name. */
public final class NodeRegistry {
    private static final System.Logger LOG = System.getLogger(NodeRegistry.class.getName());

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

    /**
     * The nodes that the class loader offers as services, and those that users have added.
     *
     * @param wanted which jars and folders of added nodes are loaded, by their names
     */
    public static NodeRegistry load(ClassLoader loader, Folders folders, Predicate<String> wanted) {
        var registry = load(loader);
        for (var directory : folders.modelPaths("custom_nodes")) {
            for (var custom : CustomNodes.load(directory, loader, wanted)) {
                var name = custom.node().definition().name();
                if (registry.nodes.putIfAbsent(name, custom.node()) != null) {
                    LOG.log(Level.ERROR, "the node " + name + " of " + custom.source() + " is left out: there is another of that name");
                }
            }
        }
        return registry;
    }

    /** @throws IllegalArgumentException if two of them have the same name */
    public static NodeRegistry of(Collection<Node> nodes) {
        return new NodeRegistry(nodes);
    }

    public Optional<Node> find(String classType) {
        return Optional.ofNullable(nodes.get(classType));
    }

    /** In the order in which they were found: built-in ones first. */
    public Collection<Node> all() {
        return Collections.unmodifiableCollection(nodes.values());
    }
}
