package org.comfyee.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import org.comfyee.nodes.Compute;

/**
 * The sessions of this process, one for each device that it computes on. The first is there before libtorch tells what devices
 * there are, to say that this worker is alive.
 */
final class Sessions {
    private final ThreadFactory threads;
    private final List<WorkerSession> all = new CopyOnWriteArrayList<>();
    private final List<Thread> running = new ArrayList<>();
    private Supplier<WorkerSession> making;
    private boolean leaving;

    Sessions(ThreadFactory threads) {
        this.threads = threads;
    }

    /** Makes the first. */
    synchronized void begin(Supplier<WorkerSession> newSession) {
        making = newSession;
        all.add(making.get());
    }

    List<WorkerSession> all() {
        return List.copyOf(all);
    }

    /** Whether one of them runs a prompt. */
    boolean run(String promptId) {
        return all.stream().anyMatch(session -> session.runs(promptId));
    }

    /** Makes as many as there are devices to compute on. They do not run yet: each must be known to be alive before. */
    synchronized void computeOn(List<Compute> devices) {
        if (leaving) {
            return;
        }
        all.getFirst().computeOn(devices.getFirst());
        devices.stream().skip(1).forEach(device -> {
            var session = making.get();
            session.computeOn(device);
            all.add(session);
        });
    }

    /** Has them take prompts. */
    synchronized void start() {
        if (leaving) {
            return;
        }
        for (var session : all) {
            var thread = threads.newThread(session);
            thread.setName("prompts-" + session.device());
            running.add(thread);
            thread.start();
        }
    }

    /** Makes them take nothing more. */
    synchronized void leave() {
        leaving = true;
        all.forEach(WorkerSession::leave);
    }

    /**
     * Waits until those that leave have ended their prompts.
     *
     * @return those that have not in that time
     */
    List<WorkerSession> awaitEnd(Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        try {
            for (var thread : running()) {
                thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return all.stream().filter(session -> session.current().isPresent()).toList();
    }

    private synchronized List<Thread> running() {
        return List.copyOf(running);
    }
}
