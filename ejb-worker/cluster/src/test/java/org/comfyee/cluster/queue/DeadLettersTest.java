package org.comfyee.cluster.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import jakarta.jms.Session;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.comfyee.cluster.queue.DeadLetters.Letter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeadLettersTest {
    private static final String QUEUE = "prompts";
    private static final Logger BROKER_LOG = Logger.getLogger("org.apache.activemq");
    private static final EmbeddedActiveMQ BROKER = new EmbeddedActiveMQ();
    private static BrokerUri uri;

    private final DeadLetters letters = new DeadLetters(uri, QUEUE);

    @BeforeAll
    static void startBroker() throws Exception {
        BROKER_LOG.setLevel(Level.WARNING);
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        uri = BrokerUri.parse("amqp://127.0.0.1:" + port);
        BROKER.setConfiguration(new ConfigurationImpl().setPersistenceEnabled(false).setSecurityEnabled(false).setJMXManagementEnabled(false)
                .addAcceptorConfiguration("amqp", "tcp://127.0.0.1:" + port + "?protocols=AMQP")
                .addQueueConfiguration(QueueConfiguration.of(QUEUE + ".dlq").setRoutingType(RoutingType.ANYCAST)));
        BROKER.start();
    }

    @AfterAll
    static void stopBroker() throws Exception {
        BROKER.stop();
    }

    @BeforeEach
    void sendLetters() throws Exception {
        letters.remove(_ -> true);
        try (var connection = new JmsConnectionFactory(uri.address()).createConnection();
                var session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                var producer = session.createProducer(session.createQueue(QUEUE + ".dlq"))) {
            for (var id : List.of("one", "two")) {
                producer.send(session.createTextMessage(new PromptRequest(id, 1L, Map.of(), Map.of(), List.of("1"), 5).toText()));
            }
            producer.send(session.createTextMessage("no prompt"));
        }
    }

    private List<Optional<String>> ids() throws QueueUnavailableException {
        return letters.list(10).stream().map(letter -> letter.prompt().map(PromptRequest::promptId)).toList();
    }

    @Test
    void lookingAtThemLeavesThemWhereTheyAre() throws Exception {
        var all = List.of(Optional.of("one"), Optional.of("two"), Optional.<String>empty());
        assertEquals(all, ids());
        assertEquals(all, ids());
        assertEquals("no prompt", letters.list(10).getLast().text());
        assertEquals(2, letters.list(2).size());
    }

    @Test
    void whatIsHandledIsGone() throws Exception {
        assertEquals(1, letters.remove(letter -> letter.id().equals("one")));
        assertEquals(List.of(Optional.of("two"), Optional.empty()), ids());
        assertEquals(2, letters.remove(_ -> true));
        assertEquals(List.of(), ids());
    }

    @Test
    void aLetterThatCannotBeSentAgainStays() throws Exception {
        var sent = new ArrayList<Letter>();
        assertThrows(QueueUnavailableException.class, () -> letters.handle(10, letter -> {
            if (!sent.isEmpty()) {
                throw new QueueUnavailableException("the queue is full", null);
            }
            sent.add(letter);
            return true;
        }));
        assertEquals(List.of("one"), sent.stream().map(Letter::id).toList());
        assertEquals(List.of(Optional.of("two"), Optional.empty()), ids());
    }
}
