package org.comfyee.cluster.queue;

import org.comfyee.cluster.grid.GridMap;
import org.comfyee.cluster.grid.LocalGrid;

/** Whether this process takes messages from a queue; the adapter knows it, and the applications beside it ask. */
public final class QueueState {
    private QueueState() {}

    private static GridMap states() {
        return new LocalGrid().map("comfyee.queue-states");
    }

    public static void set(String queue, boolean connected) {
        states().put(queue, Boolean.toString(connected));
    }

    public static boolean isConnected(String queue) {
        return states().get(queue).map(Boolean::parseBoolean).orElse(false);
    }
}
