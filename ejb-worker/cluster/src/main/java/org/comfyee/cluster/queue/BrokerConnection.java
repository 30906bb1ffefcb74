package org.comfyee.cluster.queue;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.apache.qpid.jms.JmsConnection;
import org.apache.qpid.jms.JmsConnectionFactory;

/** A connection to a broker of which it is known what it is, and on which the queue of prompts is there. */
public record BrokerConnection(Connection jms, BrokerKind kind) implements AutoCloseable {
    /** How RabbitMQ wants to be told its part. */
    static final String VIRTUAL_HOST = "vhost:";

    /**
     * Connects, and makes the queue and the one for its dead letters if the broker leaves that to its clients.
     *
     * @param options of Qpid JMS, {@code name=value} joined by {@code &}
     * @throws JMSException if the broker cannot be reached, refuses the login or has no such queue
     */
    public static BrokerConnection open(BrokerUri broker, String queue, String options) throws JMSException {
        try {
            var answer = BrokerProbe.ask(broker);
            if (answer.kind().isRabbit()) {
                RabbitQueues.declare(broker, answer, queue);
            }
            var virtualHost = broker.virtualHost().isEmpty()
                    ? ""
                    : "&amqp.vhost=" + URLEncoder.encode(VIRTUAL_HOST + broker.virtualHost(), StandardCharsets.UTF_8);
            var factory = new JmsConnectionFactory(broker.address() + "?" + options + answer.kind().options() + virtualHost);
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
