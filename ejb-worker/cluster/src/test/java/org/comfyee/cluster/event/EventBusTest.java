package org.comfyee.cluster.event;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.comfyee.cluster.grid.LocalGrid;
import org.junit.jupiter.api.Test;

class EventBusTest {
    private final EventBus bus = new EventBus(new LocalGrid(UUID.randomUUID().toString()));

    @Test
    void messagesAndPreviewsArriveAsTheyWereSent() {
        var heard = new ArrayList<ClusterEvent>();
        try (var _ = bus.subscribe(heard::add)) {
            bus.publish(ClusterEvent.message("client", false, "progress", Map.of("value", 3L)));
            bus.publish(ClusterEvent.preview("", true, Map.of("node_id", "ü"), new byte[] {1, 2, 3}));
        }
        bus.publish(ClusterEvent.message("client", false, "progress", Map.of()));
        assertEquals(2, heard.size());
        var message = heard.getFirst();
        assertEquals(List.of("client", false, "progress"), List.of(message.clientId(), message.everyone(), message.type()));
        assertEquals(Map.of("type", "progress", "data", Map.of("value", 3L)), message.data());
        var preview = heard.getLast();
        assertEquals(List.of(ClusterEvent.Kind.PREVIEW, true, Map.of("node_id", "ü")), List.of(preview.kind(), preview.everyone(), preview.data()));
        assertArrayEquals(new byte[] {1, 2, 3}, preview.image());
    }

    @Test
    void workersAndClientsHearOnlyWhatIsForThem() {
        var clients = new ArrayList<ClusterEvent>();
        var workers = new ArrayList<ClusterEvent>();
        try (var _ = bus.subscribe(clients::add); var _ = bus.subscribeControl(workers::add)) {
            bus.publish(ClusterEvent.message("", true, "status", Map.of()));
            bus.publish(ClusterEvent.control(ClusterEvent.Kind.INTERRUPT, Map.of("prompt_id", "p")));
        }
        assertEquals(List.of("status"), clients.stream().map(ClusterEvent::type).toList());
        assertEquals(List.of(Map.of("prompt_id", "p")), workers.stream().map(ClusterEvent::data).toList());
    }
}
