package org.comfyee.cluster.event;

import java.util.function.Consumer;
import org.comfyee.cluster.grid.Grid;
import org.comfyee.cluster.grid.Subscription;

/** Carries events to all members; events of one sender keep their order. */
public final class EventBus {
    private static final String FOR_CLIENTS = "comfyee.events";
    /** Apart, so that workers need not hear what all other workers tell the clients. */
    private static final String FOR_WORKERS = "comfyee.control";

    private final Grid grid;

    public EventBus(Grid grid) {
        this.grid = grid;
    }

    public void publish(ClusterEvent event) {
        grid.publish(event.kind().isControl() ? FOR_WORKERS : FOR_CLIENTS, event.toBytes());
    }

    /** Messages and previews for clients. @return ends the subscription */
    public Subscription subscribe(Consumer<ClusterEvent> listener) {
        return grid.listen(FOR_CLIENTS, bytes -> listener.accept(ClusterEvent.ofBytes(bytes)));
    }

    /** What workers are to do. @return ends the subscription */
    public Subscription subscribeControl(Consumer<ClusterEvent> listener) {
        return grid.listen(FOR_WORKERS, bytes -> listener.accept(ClusterEvent.ofBytes(bytes)));
    }
}
