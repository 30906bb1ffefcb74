package org.comfyee.cluster.worker;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.comfyee.cluster.grid.Grid;
import org.comfyee.cluster.grid.GridMap;
import org.comfyee.cluster.grid.Subscription;
import org.comfyee.cluster.ledger.MapNames;

/** What operators hold back: the whole queue, which outlives the cluster, or single workers. What runs is not affected. */
public final class Controls implements AutoCloseable {
    private static final String QUEUE = "queue";

    private final Holds queue;
    private final Holds workers;
    private volatile Runnable listener = () -> {};

    public Controls(Grid grid) {
        queue = new Holds(grid.map(MapNames.QUEUE_CONTROLS));
        workers = new Holds(grid.map("comfyee.worker-controls"));
    }

    /** Lets the one listener know of every change. */
    public void onChange(Runnable told) {
        listener = told;
    }

    public void pauseQueue(boolean paused) {
        queue.set(QUEUE, paused);
    }

    public boolean isQueuePaused() {
        return queue.isPaused(QUEUE);
    }

    public void pauseWorker(String workerId, boolean paused) {
        workers.set(workerId, paused);
    }

    /** Whether a worker shall take nothing new. */
    public boolean holdsBack(String workerId) {
        return isQueuePaused() || workers.isPaused(workerId);
    }

    @Override
    public void close() {
        queue.subscription.close();
        workers.subscription.close();
    }

    /** What is held back, with a copy for who asks often. */
    private final class Holds {
        private final GridMap shared;
        private final Map<String, Boolean> copy = new ConcurrentHashMap<>();
        private final Subscription subscription;

        Holds(GridMap shared) {
            this.shared = shared;
            subscription = shared.watch(change -> {
                change.after().ifPresentOrElse(value -> copy.put(change.key(), Boolean.valueOf(value)), () -> copy.remove(change.key()));
                listener.run();
            });
            shared.entries().forEach((key, value) -> copy.put(key, Boolean.valueOf(value)));
        }

        /** What goes on again is not removed: a member that was away at that time must not bring back that it is held. */
        void set(String key, boolean paused) {
            shared.put(key, Boolean.toString(paused));
            // Who sets it finds it set, before the data grid tells of it.
            copy.put(key, paused);
        }

        boolean isPaused(String key) {
            return copy.getOrDefault(key, false);
        }
    }
}
