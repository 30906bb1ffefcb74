package org.comfyee.cluster.queue;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.lang.System.Logger.Level;
import java.net.URI;
import org.apache.qpid.jms.JmsConnectionListener;
import org.apache.qpid.jms.message.JmsInboundMessageDispatch;

/**
 * Ends a connection when the broker ends something that belongs to it. RabbitMQ may end a session and leave the connection;
 * who waits for a message on it would wait for ever.
 */
final class EndWithSession implements JmsConnectionListener {
    private static final System.Logger LOG = System.getLogger(EndWithSession.class.getName());

    private final Connection connection;

    EndWithSession(Connection connection) {
        this.connection = connection;
    }

    private void end(String what, Throwable cause) {
        LOG.log(Level.DEBUG, "the broker ended a " + what + ": " + cause);
        // Not by the thread that tells of it, which closing waits for.
        Thread.startVirtualThread(() -> {
            try {
                connection.close();
            } catch (JMSException e) {
                LOG.log(Level.DEBUG, "closing the connection to the broker failed", e);
            }
        });
    }

    @Override
    public void onSessionClosed(Session session, Throwable cause) {
        end("session", cause);
    }

    @Override
    public void onConsumerClosed(MessageConsumer consumer, Throwable cause) {
        end("consumer", cause);
    }

    @Override
    public void onProducerClosed(MessageProducer producer, Throwable cause) {
        end("producer", cause);
    }

    @Override
    public void onConnectionEstablished(URI remote) {}

    @Override
    public void onConnectionFailure(Throwable error) {}

    @Override
    public void onConnectionInterrupted(URI remote) {}

    @Override
    public void onConnectionRestored(URI remote) {}

    @Override
    public void onInboundMessage(JmsInboundMessageDispatch envelope) {}
}
