package org.comfyee.worker;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;

/** The processor's cores. */
final class Cores {
    private static final Path PROCESSORS = Path.of("/sys/devices/system/cpu");

    private Cores() {}

    /**
     * How many this process may use. Two processors that share a core count once, since they share what computes; libtorch itself
     * asks MKL, which on some machines knows of one core only.
     */
    static int usable() {
        return usable(PROCESSORS, Runtime.getRuntime().availableProcessors());
    }

    /**
     * @param processors where the system describes them, as Linux does
     * @param available how many of them this process may use
     */
    static int usable(Path processors, int available) {
        var cores = new HashSet<String>();
        try (var each = Files.newDirectoryStream(processors, "cpu[0-9]*")) {
            for (var processor : each) {
                var topology = processor.resolve("topology");
                cores.add(Files.readString(topology.resolve("physical_package_id")) + Files.readString(topology.resolve("core_id")));
            }
        } catch (IOException | DirectoryIteratorException e) {
            // A system that does not tell, or a processor that is switched off.
            return available;
        }
        return cores.isEmpty() ? available : Math.min(available, cores.size());
    }
}
