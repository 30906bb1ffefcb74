package org.comfyee.workflow.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.comfyee.workflow.files.Folders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CustomNodesTest {
    @TempDir
    private Path base;

    /** Makes a jar with a node of that name; the code runs when the node is made. */
    private void jar(String file, String className, String nodeName, String code) throws IOException {
        var source = Files.createDirectories(base.resolve("source")).resolve(className + ".java");
        Files.writeString(source, """
                public final class %s implements org.comfyee.workflow.node.Node {
                    public %1$s() { %s }
                    public org.comfyee.workflow.node.NodeDefinition definition() {
                        return org.comfyee.workflow.node.NodeDefinition.node("%s").category("test").outputNode().build();
                    }
                    public org.comfyee.workflow.node.Outputs run(org.comfyee.workflow.node.Inputs inputs, org.comfyee.workflow.node.NodeContext context) {
                        return org.comfyee.workflow.node.Outputs.of();
                    }
                }
                """.formatted(className, code, nodeName));
        assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, "-proc:none", "-cp", System.getProperty("java.class.path"), source.toString()));
        var jar = base.resolve("custom_nodes").resolve(file);
        Files.createDirectories(jar.getParent());
        try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new JarEntry(className + ".class"));
            out.write(Files.readAllBytes(source.resolveSibling(className + ".class")));
            out.putNextEntry(new JarEntry("META-INF/services/" + Node.class.getName()));
            out.write(className.getBytes());
        }
    }

    private List<String> names() {
        return NodeRegistry.load(CustomNodesTest.class.getClassLoader(), Folders.of(base), _ -> true).all().stream().map(node -> node.definition().name()).toList();
    }

    @Test
    void nodesOfJarsAndOfFoldersWithJarsAreThere() throws IOException {
        jar("one.jar", "One", "CustomOne", "");
        jar("pack/two.jar", "Two", "CustomTwo", "");
        assertTrue(names().containsAll(List.of("CustomOne", "CustomTwo")));
    }

    @Test
    void whatIsNotWantedIsNotEvenLoaded() throws IOException {
        jar("one.jar", "One", "CustomOne", "");
        jar("pack/two.jar", "Two", "CustomTwo", "");
        var registry = NodeRegistry.load(CustomNodesTest.class.getClassLoader(), Folders.of(base), "pack"::equals);
        assertTrue(registry.find("CustomOne").isEmpty());
        assertTrue(registry.find("CustomTwo").isPresent());
    }

    @Test
    void aJarThatCannotBeUsedAndANameThatIsTakenAreLeftOut() throws IOException {
        jar("a.jar", "First", "Same", "");
        jar("b.jar", "Second", "Same", "if (true) throw new IllegalStateException();");
        jar("c.jar", "Third", "Same", "");
        Files.writeString(base.resolve("custom_nodes/d.jar"), "no jar");
        var registry = NodeRegistry.load(CustomNodesTest.class.getClassLoader(), Folders.of(base), _ -> true);
        assertEquals("First", registry.find("Same").orElseThrow().getClass().getName());
        assertEquals(1, names().stream().filter("Same"::equals).count());
    }

    @Test
    void withoutTheFolderThereAreNone() {
        assertEquals(NodeRegistry.load(CustomNodesTest.class.getClassLoader()).all().size(), names().size());
    }
}
