package org.comfyee.cluster.event;

import java.util.function.Consumer;
import org.comfyee.cluster.grid.Grid;
import org.comfyee.cluster.grid.Subscription;

/** Carries events to all members; events of one sender keep their order. */
public final class EventBus {
    private static final String TOPIC = "comfyee.events";

    private final Grid grid;

    public EventBus(Grid grid) {
        this.grid = grid;
    }

    public void publish(ClusterEvent event) {
        grid.publish(TOPIC, event.toBytes());
    }

    /** @return ends the subscription */
    public Subscription subscribe(Consumer<ClusterEvent> listener) {
        return grid.listen(TOPIC, bytes -> listener.accept(ClusterEvent.ofBytes(bytes)));
    }
}
