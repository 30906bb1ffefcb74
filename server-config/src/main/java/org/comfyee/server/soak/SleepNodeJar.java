package org.comfyee.server.soak;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.comfyee.workflow.node.Node;

/** {@link SleepNode} as users add nodes of their own, and prompts that have it. */
public final class SleepNodeJar {
    private SleepNodeJar() {}

    /** Puts the node where servers with that working directory find it. */
    public static void write(Path directory) throws IOException {
        var jar = Files.createDirectories(directory.resolve("custom_nodes")).resolve("soak.jar");
        var file = SleepNode.class.getName().replace('.', '/') + ".class";
        try (var out = new JarOutputStream(Files.newOutputStream(jar)); var code = SleepNode.class.getClassLoader().getResourceAsStream(file)) {
            out.putNextEntry(new JarEntry(file));
            code.transferTo(out);
            out.putNextEntry(new JarEntry("META-INF/services/" + Node.class.getName()));
            out.write(SleepNode.class.getName().getBytes(StandardCharsets.UTF_8));
        }
    }

    /** A prompt that sleeps; one with another tag is another prompt. */
    public static Map<String, Object> prompt(int milliseconds, int tag) {
        return Map.of("1", Map.of("class_type", SleepNode.NAME, "inputs", Map.of("milliseconds", milliseconds, "tag", tag)));
    }
}
