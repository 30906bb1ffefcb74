package org.comfyee.cluster.queue;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.qpid.jms.JmsConnection;
import org.apache.qpid.jms.JmsConnectionFactory;

/** A connection to a broker of which it is known what it is, and on which the queue of prompts is there. */
public record BrokerConnection(Connection jms, BrokerKind kind) implements AutoCloseable {
    /** How RabbitMQ wants to be told its part. */
    static final String VIRTUAL_HOST = "vhost:";
    /** Milliseconds. */
    private static final String PATIENCE = "jms.connectTimeout=5000&jms.closeTimeout=2000";

    /**
     * Connects, and makes the queue and the one for its dead letters if the broker leaves that to its clients.
     *
     * @param options of Qpid JMS, each {@code name=value}
     * @throws JMSException if the broker cannot be reached, refuses the login or has no such queue
     */
    public static BrokerConnection open(BrokerUri broker, String queue, String... options) throws JMSException {
        try {
            var answer = BrokerProbe.ask(broker);
            if (answer.kind().isRabbit()) {
                RabbitQueues.declare(broker, answer, queue);
            }
            var virtualHost = broker.virtualHost().isEmpty()
                    ? ""
                    : "&amqp.vhost=" + URLEncoder.encode(VIRTUAL_HOST + broker.virtualHost(), StandardCharsets.UTF_8);
            var all = PATIENCE + Stream.of(options).map(option -> "&" + option).collect(Collectors.joining()) + answer.kind().options() + virtualHost;
            var factory = new JmsConnectionFactory(broker.address() + "?" + all);
            BrokerTls.contextOf(broker).ifPresent(factory::setSslContext);
            var connection = broker.user().isEmpty() ? factory.createConnection() : factory.createConnection(broker.user(), broker.password());
            ((JmsConnection) connection).addConnectionListener(new EndWithSession(connection));
            return new BrokerConnection(connection, answer.kind());
        } catch (IOException | RuntimeException e) {
            // Whoever asks tries again, also where what answers is no broker or a file cannot be read.
            var failure = new JMSException(e.getMessage());
            failure.initCause(e);
            throw failure;
        }
    }

    /** A queue by its name. */
    public Queue queue(Session session, String name) throws JMSException {
        return session.createQueue(kind.address(name));
    }

    @Override
    public void close() throws JMSException {
        jms.close();
    }
}
