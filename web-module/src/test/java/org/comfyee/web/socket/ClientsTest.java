package org.comfyee.web.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendHandler;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.comfyee.cluster.Cluster;
import org.comfyee.cluster.event.ClusterEvent;
import org.comfyee.cluster.grid.LocalGrid;
import org.comfyee.cluster.ledger.PromptLedger;
import org.comfyee.cluster.ledger.SchedulingRules;
import org.comfyee.cluster.queue.PromptRequest;
import org.comfyee.cluster.worker.WorkerInfo;
import org.comfyee.workflow.json.Json;
import org.junit.jupiter.api.Test;

/** What clients hear when they connect to a front end that was not there when their prompt began. */
class ClientsTest {
    /** Grids of one process share their maps, so each test has a client of its own. */
    private final String clientId = UUID.randomUUID().toString();
    private final Cluster elsewhere = cluster();
    private int prompts;

    private static Cluster cluster() {
        return new Cluster(new LocalGrid(), 3, SchedulingRules.BY_NUMBER);
    }

    private PromptRequest begin() {
        var id = UUID.randomUUID().toString();
        var request = new PromptRequest(id, (long) prompts++, Map.of(), Map.of("client_id", clientId), List.of("1"), 0);
        elsewhere.ledger().enter(request);
        elsewhere.ledger().accept(request);
        elsewhere.ledger().claim(id, "worker");
        return request;
    }

    /** What a worker tells of itself every second. */
    private void isAt(String promptId, String node) {
        elsewhere.workers().heartbeat(new WorkerInfo(UUID.randomUUID().toString(), "host", "", List.of("cpu"), 1, 1, List.of(), promptId, node, 0, false));
    }

    private void tell(String promptId, String type, Map<String, Object> more) {
        var data = new LinkedHashMap<>(more);
        data.put("prompt_id", promptId);
        elsewhere.events().publish(ClusterEvent.message(clientId, false, type, data));
    }

    /** A session that keeps what is sent over it. */
    private static Session session(List<Map<String, Object>> sent) {
        var remote = (RemoteEndpoint.Async) Proxy.newProxyInstance(ClientsTest.class.getClassLoader(), new Class<?>[] {RemoteEndpoint.Async.class}, (_, _, arguments) -> {
            sent.add(Json.parseObject((String) arguments[0]));
            ((SendHandler) arguments[1]).onResult(new SendResult());
            return null;
        });
        return (Session) Proxy.newProxyInstance(ClientsTest.class.getClassLoader(), new Class<?>[] {Session.class}, (_, _, _) -> remote);
    }

    /** The messages that a client gets at once, by their types. */
    private static Map<String, Map<String, Object>> greeting(String clientId) {
        try (var clients = new Clients(cluster())) {
            return greeting(clients, clientId);
        }
    }

    private static Map<String, Map<String, Object>> greeting(Clients clients, String clientId) {
        var sent = new ArrayList<Map<String, Object>>();
        var client = new Client(clientId);
        clients.connect(client);
        assertEquals(List.of(), sent);
        client.open(session(sent));
        var byType = new LinkedHashMap<String, Map<String, Object>>();
        sent.forEach(message -> byType.put((String) message.get("type"), Json.object(message.get("data")).orElseThrow()));
        return byType;
    }

    @Test
    void whoComesLaterHearsOfTheNodeThatRuns() {
        var request = begin();
        isAt(request.promptId(), "7");
        var greeting = greeting(clientId);
        assertEquals(List.of("status", "executing"), List.copyOf(greeting.keySet()));
        assertEquals(clientId, greeting.get("status").get("sid"));
        assertEquals(Map.of("node", "7"), greeting.get("executing"));
    }

    @Test
    void whatWasHeardIsNewerThanWhatTheWorkerLastSaidOfItself() {
        try (var clients = new Clients(cluster())) {
            var prompt = begin().promptId();
            isAt(prompt, "7");
            tell(prompt, "executing", Map.of("node", "8", "display_node", "8"));
            assertEquals(Map.of("node", "8"), greeting(clients, clientId).get("executing"));
            tell(prompt, "execution_start", Map.of());
            assertEquals(Map.of("node", "7"), greeting(clients, clientId).get("executing"));
        }
    }

    @Test
    void whoNeverOpensItsConnectionIsForgotten() {
        var client = new Client(clientId);
        assertFalse(client.isLost(Instant.now()));
        assertTrue(client.isLost(Instant.now().plusSeconds(120)));
        client.open(session(new ArrayList<>()));
        assertFalse(client.isLost(Instant.now().plusSeconds(120)));
    }

    @Test
    void othersDoNotHearOfIt() {
        isAt(begin().promptId(), "7");
        assertEquals(List.of("status"), List.copyOf(greeting("another").keySet()));
    }

    @Test
    void nothingRunsAfterTheEnd() {
        var request = begin();
        isAt(request.promptId(), "7");
        elsewhere.ledger().finish(request, PromptLedger.Outcome.FINISHED);
        assertEquals(List.of("status"), List.copyOf(greeting(clientId).keySet()));
    }

    @Test
    void ofSeveralPromptsTheLastIsTold() {
        isAt(begin().promptId(), "3");
        isAt(begin().promptId(), "5");
        assertEquals(Map.of("node", "5"), greeting(clientId).get("executing"));
    }
}
