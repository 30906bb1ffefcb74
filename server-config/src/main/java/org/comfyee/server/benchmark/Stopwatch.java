package org.comfyee.server.benchmark;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** The shortest of several times, on the clock and on the processors. */
final class Stopwatch {
    private static final OperatingSystemMXBean SYSTEM = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private long bestNanos = Long.MAX_VALUE;
    private long bestCpuNanos = Long.MAX_VALUE;

    void time(Runnable work) {
        long cpu = SYSTEM.getProcessCpuTime();
        long start = System.nanoTime();
        work.run();
        bestNanos = Math.min(bestNanos, System.nanoTime() - start);
        bestCpuNanos = Math.min(bestCpuNanos, SYSTEM.getProcessCpuTime() - cpu);
    }

    double seconds() {
        return bestNanos / 1e9;
    }

    /** Of all processors together. */
    double cpuSeconds() {
        return bestCpuNanos / 1e9;
    }
}
