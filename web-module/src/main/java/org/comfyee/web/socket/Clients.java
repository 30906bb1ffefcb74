package org.comfyee.web.socket;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.comfyee.cluster.Cluster;
import org.comfyee.cluster.event.ClusterEvent;
import org.comfyee.cluster.grid.Subscription;

/** The clients connected to this front end; passes the cluster's events on to those they are for. */
public final class Clients implements AutoCloseable {
    private final Cluster cluster;
    private final Map<String, Client> connected = new ConcurrentHashMap<>();
    private final RunningNodes nodes = new RunningNodes();
    private final Set<String> logReaders = ConcurrentHashMap.newKeySet();
    private final Subscription subscription;

    public Clients(Cluster cluster) {
        this.cluster = cluster;
        subscription = cluster.events().subscribe(this::pass);
    }

    /**
     * Greets a client and lets it take the place of an older connection of the same id. Called before its handshake is
     * answered: who knows that it is connected misses nothing that happens from then on.
     */
    void connect(Client client) {
        var now = Instant.now();
        connected.values().stream().filter(each -> each.isLost(now)).toList().forEach(this::disconnect);
        // What happens meanwhile waits until the client is greeted.
        synchronized (client) {
            connected.put(client.id(), client);
            var status = new LinkedHashMap<>(Cluster.status(cluster.ledger().remaining()));
            status.put("sid", client.id());
            client.send("status", status);
            runningNode(client.id()).ifPresent(node -> client.send("executing", Map.of("node", node)));
        }
    }

    /** The node that runs for a client, wherever that is; of several prompts that of the last. */
    private Optional<String> runningNode(String clientId) {
        return cluster.ledger().runningIds(clientId).stream().flatMap(id -> nodes.find(id).or(() -> cluster.workers().currentNode(id)).stream()).reduce((_, last) -> last);
    }

    void disconnect(Client client) {
        if (connected.remove(client.id(), client)) {
            logReaders.remove(client.id());
        }
    }

    /** Whether a client gets the log as it is written. */
    public void sendLog(String clientId, boolean wanted) {
        if (wanted) {
            logReaders.add(clientId);
        } else {
            logReaders.remove(clientId);
        }
    }

    /** Passes new entries of the log on to those who asked for them. */
    public void passLog(List<Map<String, Object>> entries) {
        var data = new LinkedHashMap<String, Object>();
        data.put("entries", entries);
        data.put("size", null);
        // Whoever never connected, or is gone, asked for nothing.
        logReaders.removeIf(id -> !connected.containsKey(id));
        logReaders.forEach(id -> find(id).ifPresent(client -> client.send("logs", data)));
    }

    private void pass(ClusterEvent event) {
        switch (event.kind()) {
            case MESSAGE -> {
                nodes.hear(event);
                boolean state = event.type().equals("status");
                if (event.everyone()) {
                    connected.values().forEach(client -> client.send(event.text(), state));
                } else {
                    find(event.clientId()).ifPresent(client -> client.send(event.text(), state));
                }
            }
            case PREVIEW -> {
                var frames = new PreviewFrames(event.data(), event.image());
                if (event.everyone()) {
                    connected.values().forEach(client -> client.send(frames));
                } else {
                    find(event.clientId()).ifPresent(client -> client.send(frames));
                }
            }
            case TEXT -> connected.values().forEach(client -> client.progressText((String) event.data().get("node_id"),
                    (String) event.data().get("text")));
            case INTERRUPT, FREE -> {}
        }
    }

    private Optional<Client> find(String id) {
        return Optional.ofNullable(connected.get(id));
    }

    @Override
    public void close() {
        subscription.close();
    }
}
