package org.comfyee.cluster.queue;

import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.comfyee.cluster.Pause;

/**
 * Sends prompts to the broker. Keeps the connection, and makes it again for as long as it takes; what is asked meanwhile
 * waits a little and then fails.
 */
public final class PromptQueue implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(PromptQueue.class.getName());
    /** JMS makes numbers and bytes of texts that begin so, and fails where it cannot. */
    private static final String JMS_ID = "ID:";
    private static final int SENDERS = 8;
    private static final long PATIENCE_MILLIS = 5_000;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private record Sender(Connection connection, Session session, MessageProducer producer) {}

    private final BrokerUri broker;
    private final String queueName;
    private final Thread connector;
    /** Senders of the present connection; none while there is no connection. */
    private final ArrayBlockingQueue<Sender> idle = new ArrayBlockingQueue<>(SENDERS);
    private volatile Connection connection;
    private volatile boolean closed;

    public PromptQueue(BrokerUri broker, String queueName) {
        this.broker = broker;
        this.queueName = queueName;
        connector = Thread.ofPlatform().daemon().name("prompt-queue").start(this::stayConnected);
    }

    public boolean isConnected() {
        return connection != null;
    }

    private void stayConnected() {
        boolean complained = false;
        do {
            try {
                if (connection == null) {
                    connect();
                    LOG.log(Level.INFO, "connected to the broker " + broker);
                    complained = false;
                }
            } catch (JMSException e) {
                if (!complained && !closed) {
                    LOG.log(Level.WARNING, "the broker " + broker + " cannot be reached, trying again: " + e.getMessage());
                    complained = true;
                }
            }
        } while (Pause.of(PAUSE) && !closed);
    }

    private void connect() throws JMSException {
        var opened = BrokerConnection.open(broker, queueName, "jms.sendTimeout=10000");
        var fresh = opened.jms();
        try {
            fresh.setExceptionListener(e -> lose(fresh, e));
            fresh.start();
            var senders = new ArrayList<Sender>();
            for (int i = 0; i < SENDERS; i++) {
                var session = fresh.createSession(false, Session.AUTO_ACKNOWLEDGE);
                var producer = session.createProducer(opened.queue(session, queueName));
                producer.setDeliveryMode(DeliveryMode.PERSISTENT);
                senders.add(new Sender(fresh, session, producer));
            }
            use(fresh, senders);
        } catch (JMSException e) {
            fresh.close();
            throw e;
        }
    }

    private synchronized void use(Connection fresh, List<Sender> senders) throws JMSException {
        if (closed) {
            throw new JMSException("the queue was closed meanwhile");
        }
        connection = fresh;
        idle.addAll(senders);
    }

    private void lose(Connection lost, JMSException reason) {
        synchronized (this) {
            if (connection != lost || closed) {
                return;
            }
            LOG.log(Level.WARNING, "the connection to the broker " + broker + " was lost: " + reason.getMessage());
            connection = null;
            idle.clear();
        }
        // Not by the thread that tells of the loss, which closing waits for.
        Thread.startVirtualThread(() -> closeQuietly(lost));
    }

    /**
     * Sends a prompt; when this returns, the broker has stored it.
     *
     * @param priority 0 to 9, of which 9 is served first
     * @throws QueueUnavailableException if the broker cannot be reached
     */
    public void send(PromptRequest request, int priority) throws QueueUnavailableException {
        // Before a sender is taken, which would not come back if this failed.
        var text = request.toText();
        var sender = sender();
        try {
            var message = sender.session().createTextMessage(text);
            if (!request.promptId().startsWith(JMS_ID)) {
                message.setJMSCorrelationID(request.promptId());
            }
            PromptOrigin.mark(message);
            sender.producer().send(message, DeliveryMode.PERSISTENT, priority, 0);
            giveBack(sender);
        } catch (JMSException e) {
            // A sender that failed once is not used again, so all are made anew.
            lose(sender.connection(), e);
            throw new QueueUnavailableException("the broker " + broker + " did not take the prompt: " + e.getMessage(), e);
        }
    }

    private Sender sender() throws QueueUnavailableException {
        try {
            var sender = idle.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            if (sender != null) {
                return sender;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QueueUnavailableException("interrupted while sending a prompt", e);
        }
        throw new QueueUnavailableException("the broker " + broker + " cannot be reached", null);
    }

    /** A sender of a connection that is lost must not take the place of one that is alive. */
    private synchronized void giveBack(Sender sender) {
        if (sender.connection() == connection) {
            idle.add(sender);
        }
    }

    @Override
    public void close() {
        Connection last;
        synchronized (this) {
            closed = true;
            last = connection;
            connection = null;
            idle.clear();
        }
        connector.interrupt();
        if (last != null) {
            closeQuietly(last);
        }
    }

    private static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (JMSException e) {
            LOG.log(Level.DEBUG, "closing the connection to the broker failed", e);
        }
    }
}
