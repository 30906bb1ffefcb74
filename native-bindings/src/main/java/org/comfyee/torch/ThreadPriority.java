package org.comfyee.torch;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.System.Logger.Level;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;

/** What the system prefers when more threads would run than there are processors. Java's own priorities mean nothing on Linux. */
public final class ThreadPriority {
    /** Beside a thread of the usual niceness, 0, one of this gets a tenth of a processor (sched(7)). */
    static final int NICENESS = 10;

    private static final System.Logger LOG = System.getLogger(ThreadPriority.class.getName());
    /** A process or, as 0 of these is the caller, the calling thread alone (setpriority(2), differences to POSIX). */
    private static final int OF_PROCESS = 0;

    private ThreadPriority() {}

    /**
     * Lets others go first, for a thread that computes for long beside some that answer quickly. Threads that it starts are
     * likewise: on the CPU those with which libtorch computes, if this one computes first. It cannot be taken back.
     */
    public static void lower() {
        var function = Linker.nativeLinker().defaultLookup().find("setpriority");
        if (function.isEmpty()) {
            return;
        }
        var handle = Linker.nativeLinker().downcallHandle(function.get(), FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
        try {
            int failed = (int) handle.invokeExact(OF_PROCESS, 0, NICENESS);
            if (failed != 0) {
                LOG.log(Level.DEBUG, "the system does not lower the priority of a thread");
            }
        } catch (Throwable e) {
            throw Native.rethrow(e);
        }
    }
}
