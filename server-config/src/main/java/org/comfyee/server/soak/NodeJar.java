package org.comfyee.server.soak;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import org.comfyee.workflow.node.Node;

/** Nodes of this program's own, as users add theirs, and prompts that have one. */
public final class NodeJar {
    private NodeJar() {}

    /** Puts {@link SleepNode} where servers with that working directory find it. */
    public static void writeSleepNode(Path directory) throws IOException {
        write(directory, "soak.jar", SleepNode.class);
    }

    /** A prompt that sleeps; one with another tag is another prompt. */
    public static Map<String, Object> sleepingPrompt(int milliseconds, int tag) {
        return Map.of("1", Map.of("class_type", SleepNode.NAME, "inputs", Map.of("milliseconds", milliseconds, "tag", tag)));
    }

    /**
     * Puts nodes where servers with that working directory find them.
     *
     * @param nodes classes that need no other of their own
     */
    @SafeVarargs
    public static void write(Path directory, String name, Class<? extends Node>... nodes) throws IOException {
        var jar = Files.createDirectories(directory.resolve("custom_nodes")).resolve(name);
        try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (var node : nodes) {
                var file = node.getName().replace('.', '/') + ".class";
                out.putNextEntry(new JarEntry(file));
                try (var code = node.getClassLoader().getResourceAsStream(file)) {
                    code.transferTo(out);
                }
            }
            out.putNextEntry(new JarEntry("META-INF/services/" + Node.class.getName()));
            out.write(Arrays.stream(nodes).map(Class::getName).collect(Collectors.joining("\n")).getBytes(StandardCharsets.UTF_8));
        }
    }
}
