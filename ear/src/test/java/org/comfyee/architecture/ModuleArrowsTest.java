package org.comfyee.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the direction of the arrows between the modules; each may use only those that its entry names. */
final class ModuleArrowsTest {

    private record Module(String folder, String packages, List<String> mayUse) {}

    private static final List<Module> MODULES = List.of(
            new Module("native-bindings", "org.comfyee.torch..", List.of()),
            new Module("ejb-worker/workflow", "org.comfyee.workflow..", List.of()),
            new Module("ejb-worker/diffusion", "org.comfyee.diffusion..", List.of("org.comfyee.torch..")),
            new Module("ejb-worker/nodes", "org.comfyee.nodes..",
                    List.of("org.comfyee.torch..", "org.comfyee.workflow..", "org.comfyee.diffusion..")),
            new Module("ejb-worker/cluster", "org.comfyee.cluster..", List.of("org.comfyee.workflow..")),
            new Module("ejb-worker/amqp-adapter", "org.comfyee.amqp..", List.of("org.comfyee.cluster..")),
            new Module("ejb-worker/worker", "org.comfyee.worker..",
                    List.of("org.comfyee.torch..", "org.comfyee.workflow..", "org.comfyee.nodes..", "org.comfyee.cluster..")),
            new Module("web-module", "org.comfyee.web..",
                    List.of("org.comfyee.workflow..", "org.comfyee.nodes..", "org.comfyee.cluster..")),
            new Module("server-config", "org.comfyee.server..",
                    List.of("org.comfyee.torch..", "org.comfyee.workflow..", "org.comfyee.diffusion..", "org.comfyee.cluster..")));

    private static JavaClasses product;

    static Stream<Module> modules() {
        return MODULES.stream();
    }

    @BeforeAll
    static void importEveryModule() {
        var root = Path.of(System.getProperty("comfyee.root"));
        var folders = MODULES.stream().map(module -> root.resolve(module.folder()).resolve("target/classes")).toList();
        for (var folder : folders) {
            assertTrue(Files.isDirectory(folder), () -> "no compiled classes at " + folder);
        }
        product = new ClassFileImporter().importPaths(folders.toArray(Path[]::new));
    }

    @ParameterizedTest
    @MethodSource("modules")
    void usesOnlyTheModulesBelowIt(Module module) {
        var others = MODULES.stream()
                .map(Module::packages)
                .filter(packages -> !packages.equals(module.packages()) && !module.mayUse().contains(packages))
                .toArray(String[]::new);
        noClasses().that().resideInAPackage(module.packages())
                .should().dependOnClassesThat().resideInAnyPackage(others)
                .check(product);
    }

    @ParameterizedTest
    @MethodSource("modules")
    void keepsToItsPackage(Module module) {
        var folder = Path.of(System.getProperty("comfyee.root")).resolve(module.folder()).resolve("target/classes");
        classes().should().resideInAPackage(module.packages()).check(new ClassFileImporter().importPath(folder));
    }

    @Test
    void graphsModelsAndNodesKnowNoServer() {
        noClasses().that().resideInAnyPackage(
                        "org.comfyee.torch..", "org.comfyee.workflow..", "org.comfyee.diffusion..", "org.comfyee.nodes..")
                .should().dependOnClassesThat().resideInAnyPackage("jakarta..", "com.hazelcast..", "org.apache.qpid..")
                .check(product);
    }

    @Test
    void generatedBindingsAreSeenByTheTensorLibraryOnly() {
        noClasses().that().resideOutsideOfPackage("org.comfyee.torch..")
                .should().dependOnClassesThat().resideInAPackage("org.comfyee.torch.ffm..")
                .check(product);
    }
}
