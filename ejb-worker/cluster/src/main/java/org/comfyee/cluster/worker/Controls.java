package org.comfyee.cluster.worker;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.comfyee.cluster.grid.Grid;
import org.comfyee.cluster.grid.GridMap;
import org.comfyee.cluster.grid.Subscription;

/** What operators hold back: the whole queue, or single workers. What runs is not affected. */
public final class Controls implements AutoCloseable {
    private static final String QUEUE = "queue";
    private static final String PAUSED = "paused";

    private final GridMap shared;
    private final Map<String, String> copy = new ConcurrentHashMap<>();
    private final Subscription subscription;
    private volatile Runnable listener = () -> {};

    public Controls(Grid grid) {
        shared = grid.map("comfyee.controls");
        subscription = shared.watch(change -> {
            change.after().ifPresentOrElse(value -> copy.put(change.key(), value), () -> copy.remove(change.key()));
            listener.run();
        });
        copy.putAll(shared.entries());
    }

    /** Lets the one listener know of every change. */
    public void onChange(Runnable told) {
        listener = told;
    }

    public void pauseQueue(boolean paused) {
        set(QUEUE, paused);
    }

    public boolean isQueuePaused() {
        return copy.containsKey(QUEUE);
    }

    public void pauseWorker(String workerId, boolean paused) {
        set(workerId, paused);
    }

    private void set(String key, boolean paused) {
        // Who sets it finds it set, before the data grid tells of it.
        if (paused) {
            shared.put(key, PAUSED);
            copy.put(key, PAUSED);
        } else {
            shared.remove(key);
            copy.remove(key);
        }
    }

    /** Whether that worker alone is held back. */
    public boolean isWorkerPaused(String workerId) {
        return copy.containsKey(workerId);
    }

    /** Whether a worker shall take nothing new. */
    public boolean holdsBack(String workerId) {
        return isQueuePaused() || isWorkerPaused(workerId);
    }

    @Override
    public void close() {
        subscription.close();
    }
}
