package org.comfyee.amqp;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageListener;
import jakarta.resource.spi.UnavailableException;
import jakarta.resource.spi.endpoint.MessageEndpointFactory;
import jakarta.resource.spi.work.Work;
import java.lang.System.Logger.Level;
import java.time.Duration;
import org.comfyee.cluster.Pause;
import org.comfyee.cluster.config.Setting;
import org.comfyee.cluster.queue.BrokerConnection;
import org.comfyee.cluster.queue.BrokerUri;
import org.comfyee.cluster.queue.PromptOrigin;
import org.comfyee.cluster.queue.QueueState;
import org.comfyee.cluster.queue.Settlement;

/**
 * Takes one message at a time from a queue and gives it to a bean. Nothing is fetched in advance: the next one is asked
 * for when the bean returns.
 *
 * <p>The bean acknowledges each message itself, then or later, from any thread: {@code message.acknowledge()} is for that
 * message alone. A bean that throws fails the delivery, which the broker counts. What is not acknowledged when the
 * connection ends returns to the queue.
 */
final class DeliveryLoop implements Work {
    private static final System.Logger LOG = System.getLogger(DeliveryLoop.class.getName());
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int MOST_PAUSES = 32;
    /** A connection that lasted so long was a good one. */
    private static final Duration LONG = Duration.ofMinutes(1);

    private final MessageEndpointFactory endpoints;
    private final BrokerUri broker;
    private final String queue;
    private volatile boolean released;
    private volatile Connection connection;
    private boolean complained;

    DeliveryLoop(MessageEndpointFactory endpoints, BrokerUri broker, String queue) {
        this.endpoints = endpoints;
        this.broker = broker;
        this.queue = queue;
    }

    @Override
    public void run() {
        boolean goesOn = true;
        int pauses = 1;
        while (goesOn && !released) {
            long start = System.nanoTime();
            try {
                receiveWhileConnected();
                if (System.nanoTime() - start > LONG.toNanos()) {
                    pauses = 1;
                }
                goesOn = pauseAfterEnd(pauses);
                pauses = Math.min(2 * pauses, MOST_PAUSES);
            } catch (JMSException | RuntimeException e) {
                if (!released && !complained) {
                    LOG.log(Level.WARNING, "the broker " + broker + " cannot be reached, trying again: " + e.getMessage());
                    complained = true;
                }
                goesOn = Pause.of(PAUSE);
            }
        }
    }

    /** Where a broker ends each consumer that it is asked for, as after a queue was deleted, it is asked less and less often. */
    private boolean pauseAfterEnd(int pauses) {
        if (!released) {
            LOG.log(Level.WARNING, "the broker " + broker + " gives no more prompts from " + queue + " over this connection, trying again in " + pauses + " s");
        }
        boolean goesOn = true;
        for (int i = 0; i < pauses && goesOn && !released; i++) {
            goesOn = Pause.of(PAUSE);
        }
        return goesOn;
    }

    /** Returns when broker or container ends it. */
    private void receiveWhileConnected() throws JMSException {
        try (var fresh = BrokerConnection.open(broker, queue, "amqp.idleTimeout=" + 1_000L * Setting.BROKER_IDLE_SECONDS.number(), "jms.prefetchPolicy.all=0");
                var session = fresh.jms().createSession(false, Settlement.INDIVIDUALLY)) {
            connection = fresh.jms();
            // The bean may hold the loop up, and waits for nothing from a connection that is gone.
            fresh.jms().setExceptionListener(_ -> QueueState.set(queue, false));
            fresh.jms().start();
            var consumer = session.createConsumer(fresh.queue(session, queue));
            LOG.log(Level.INFO, "takes prompts from " + queue + " at " + broker);
            complained = false;
            QueueState.set(queue, true);
            while (!released) {
                QueueState.setWaiting(queue, true);
                var message = consumer.receive();
                QueueState.setWaiting(queue, false);
                if (message == null) {
                    return;
                }
                if (PromptOrigin.isForeign(message)) {
                    giveBack(message);
                } else {
                    deliver(message, fresh.kind().failed());
                }
            }
        } finally {
            QueueState.set(queue, false);
            connection = null;
        }
    }

    /** @param failed how this broker is told that a delivery failed */
    private void deliver(Message message, Settlement failed) throws JMSException {
        try {
            var endpoint = endpoints.createEndpoint(null);
            try {
                ((MessageListener) endpoint).onMessage(message);
            } finally {
                endpoint.release();
            }
        } catch (UnavailableException e) {
            // The application is not up, or going down: that is no fault of the message. Unsettled, it returns to the queue.
            throw new IllegalStateException("the application takes no messages: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "a message could not be handled: " + (e.getCause() == null ? e : e.getCause()));
            failed.settle(message);
        }
    }

    /** Leaves a message to those whom it is for. */
    private void giveBack(Message message) throws JMSException {
        LOG.log(Level.WARNING, "the queue " + queue + " has a prompt of a cluster with another --cluster-name or key, which is left to its workers");
        Settlement.RELEASED.settle(message);
        Pause.of(PAUSE);
    }

    /** Ends the loop; a message that a bean still handles returns to the queue. */
    @Override
    public void release() {
        released = true;
        var open = connection;
        if (open != null) {
            try {
                open.close();
            } catch (JMSException e) {
                LOG.log(Level.DEBUG, "closing the connection failed", e);
            }
        }
    }
}
