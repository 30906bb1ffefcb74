package org.comfyee.workflow.node;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Predicate;

/**
 * Nodes that users add: jars in {@code custom_nodes}, or folders there with several jars that belong together. Each jar or
 * folder has a class loader of its own, and names its nodes in {@code META-INF/services/org.comfyee.workflow.node.Node}. One
 * that cannot be used is left out, with a line in the log.
 */
final class CustomNodes {
    private static final System.Logger LOG = System.getLogger(CustomNodes.class.getName());
    private static final String JARS = "*.jar";

    private CustomNodes() {}

    /** A node and where it comes from. */
    record Found(Node node, Path source) {}

    /**
     * @param parent where the jars find the classes of this project
     * @param wanted which entries of the directory are loaded, by their names
     */
    static List<Found> load(Path directory, ClassLoader parent, Predicate<String> wanted) {
        var found = new ArrayList<Found>();
        if (!Files.isDirectory(directory)) {
            return found;
        }
        try {
            for (var entry : sorted(directory, "*")) {
                var jars = Files.isDirectory(entry) ? sorted(entry, JARS) : entry.toString().endsWith(".jar") ? List.of(entry) : List.<Path>of();
                if (!jars.isEmpty() && wanted.test(entry.getFileName().toString())) {
                    found.addAll(load(entry, jars, parent));
                }
            }
        } catch (IOException e) {
            LOG.log(Level.ERROR, "custom nodes in " + directory + " cannot be read: " + e.getMessage());
        }
        return found;
    }

    private static List<Path> sorted(Path directory, String pattern) throws IOException {
        try (var entries = Files.newDirectoryStream(directory, pattern)) {
            var all = new ArrayList<Path>();
            entries.forEach(all::add);
            all.sort(null);
            return all;
        }
    }

    private static List<Found> load(Path source, List<Path> jars, ClassLoader parent) {
        var nodes = new ArrayList<Found>();
        try {
            var urls = new ArrayList<URL>();
            for (var jar : jars) {
                urls.add(jar.toUri().toURL());
            }
            // Stays open: classes are loaded when they are first used.
            var loader = new OwnFirst("custom-nodes-" + source.getFileName(), urls.toArray(URL[]::new), parent);
            ServiceLoader.load(Node.class, loader).stream()
                    .filter(provider -> provider.type().getClassLoader() == loader)
                    .forEach(provider -> nodes.add(new Found(provider.get(), source)));
            LOG.log(Level.INFO, source + " brings the nodes " + nodes.stream().map(each -> each.node().definition().name()).toList());
            return nodes;
        } catch (MalformedURLException | ServiceConfigurationError | RuntimeException | LinkageError e) {
            LOG.log(Level.ERROR, "the custom nodes of " + source + " are left out: " + e + (e.getCause() == null ? "" : ", since " + e.getCause()));
            return List.of();
        }
    }

    /** Looks into the jars first, so that their libraries and those of the server do not meet; what nodes are made of is the server's. */
    private static final class OwnFirst extends URLClassLoader {
        private static final List<String> SHARED = List.of("java.", "org.comfyee.workflow.", "org.comfyee.nodes.", "org.comfyee.diffusion.", "org.comfyee.torch.");

        OwnFirst(String name, URL[] urls, ClassLoader parent) {
            super(name, urls, parent);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                var loaded = findLoadedClass(name);
                if (loaded != null) {
                    return loaded;
                }
                if (SHARED.stream().noneMatch(name::startsWith)) {
                    try {
                        return findClass(name);
                    } catch (ClassNotFoundException e) {
                        // The server has it, or nobody.
                    }
                }
                return super.loadClass(name, resolve);
            }
        }
    }
}
