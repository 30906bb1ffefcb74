package org.comfyee.server;

import java.time.Duration;
import java.util.Optional;

/** Waits for what other processes bring about. */
final class Await {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final int PAUSE_MILLIS = 20;

    private Await() {}

    /** Whether it has come about. */
    @FunctionalInterface
    interface Condition {
        boolean holds() throws Exception;
    }

    /** Looks for what is to come. */
    @FunctionalInterface
    interface Source<T> {
        Optional<T> look() throws Exception;
    }

    /** @param what is waited for, for the one who reads that it did not come */
    static void until(String what, Condition condition) throws Exception {
        found(what, () -> condition.holds() ? Optional.of(true) : Optional.empty());
    }

    /** What a source has as soon as it has it. */
    static <T> T found(String what, Source<T> source) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var found = source.look();
            if (found.isPresent()) {
                return found.get();
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("waited in vain for " + what);
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }
}
