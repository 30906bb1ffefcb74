package org.comfyee.torch;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.System.Logger.Level;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Ends a process that computes. The C library's {@code exit} runs the destructors of libtorch, while a thread that is in the
 * middle of an operation goes on in what they have taken down, which crashes. So they are left out: the C library calls what
 * was registered last first, and that is {@code _exit}.
 */
final class ProcessEnd {
    private static final System.Logger LOG = System.getLogger(ProcessEnd.class.getName());

    private ProcessEnd() {}

    /** Called once. Registers at the process's end only, for libraries register destructors of their own as they are used. */
    static void withoutDestructors() {
        var lookup = Linker.nativeLinker().defaultLookup();
        var exit = lookup.find("_exit");
        // Of the GNU C library; others end as they do without.
        var register = lookup.find("on_exit")
                .map(function -> Linker.nativeLinker().downcallHandle(function, FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS)));
        if (exit.isPresent() && register.isPresent()) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> register(register.get(), exit.get()), "torch-end"));
        }
    }

    private static void register(MethodHandle register, MemorySegment exit) {
        try {
            int failed = (int) register.invokeExact(exit, MemorySegment.NULL);
            if (failed != 0) {
                LOG.log(Level.DEBUG, "the end of the process cannot be made shorter: on_exit gave {0}", failed);
            }
        } catch (Throwable e) {
            throw Native.rethrow(e);
        }
    }
}
