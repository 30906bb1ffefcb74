package org.comfyee.cluster.queue;

import java.time.Duration;
import org.comfyee.cluster.grid.GridMap;
import org.comfyee.cluster.grid.LocalGrid;

/** How this process takes messages from a queue; the adapter knows it, and the applications beside it ask. */
public final class QueueState {
    private QueueState() {}

    /** Whether there is a connection, by queue. */
    private static GridMap states() {
        return new LocalGrid().map("comfyee.queue-states");
    }

    /** Since when a message is waited for, by queue. */
    private static GridMap waits() {
        return new LocalGrid().map("comfyee.queue-waits");
    }

    public static void set(String queue, boolean connected) {
        states().put(queue, Boolean.toString(connected));
        if (!connected) {
            waits().remove(queue);
        }
    }

    public static boolean isConnected(String queue) {
        return states().get(queue).map(Boolean::parseBoolean).orElse(false);
    }

    /** Says whether a message is waited for from now on, or has come. */
    public static void setWaiting(String queue, boolean waiting) {
        if (waiting) {
            waits().put(queue, Long.toString(System.nanoTime()));
        } else {
            waits().remove(queue);
        }
    }

    /** How long the broker has had nothing to give. */
    public static Duration silence(String queue) {
        return waits().get(queue).map(since -> Duration.ofNanos(System.nanoTime() - Long.parseLong(since))).orElse(Duration.ZERO);
    }
}
