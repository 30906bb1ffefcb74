package org.comfyee.server;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.comfyee.cluster.config.Setting;
import org.comfyee.cluster.worker.Drain;
import sun.misc.Signal;

/**
 * Lets a process that is told to end (SIGTERM) finish what its workers run, before anything is shut down; a second
 * SIGTERM ends it at once.
 */
final class Termination {
    private static final AtomicBoolean BEGUN = new AtomicBoolean();

    private Termination() {}

    static void drainFirst() {
        Signal.handle(new Signal("TERM"), _ -> Thread.ofPlatform().name("termination").start(Termination::end));
    }

    static void end() {
        if (BEGUN.compareAndSet(false, true)) {
            try {
                Drain.request(Duration.ofSeconds(Setting.DRAIN_SECONDS.number()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        System.exit(0);
    }
}
