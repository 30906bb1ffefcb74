package org.comfyee.torch;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LoadedTorch.class)
final class ProcessEndTest {
    private static final int STATUS = 3;

    /** Ends with a text in the C library's buffer, which {@code exit} writes last, after all destructors. */
    static final class Ending {
        private Ending() {}

        public static void main(String[] arguments) throws Throwable {
            Torch.loadConfigured();
            var linker = Linker.nativeLinker();
            var puts = linker.downcallHandle(linker.defaultLookup().findOrThrow("puts"), FunctionDescriptor.of(JAVA_INT, ADDRESS));
            int _ = (int) puts.invokeExact(Arena.global().allocateFrom("destructors have run"));
            System.exit(STATUS);
        }
    }

    @Test
    void aProcessEndsWithItsStatusAndWithoutDestructorsThatWouldCrashWhatStillComputes(@TempDir Path directory) throws IOException, InterruptedException {
        var output = directory.resolve("output");
        var process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--enable-native-access=ALL-UNNAMED",
                "-Dcomfyee.libtorch=" + Torch.directory(), "-cp", System.getProperty("java.class.path"), Ending.class.getName())
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertEquals(STATUS, process.waitFor(), () -> "the process crashed, see " + output);
        assertEquals("", Files.readString(output));
    }
}
