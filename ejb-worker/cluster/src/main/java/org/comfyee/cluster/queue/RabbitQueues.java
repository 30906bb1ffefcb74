package org.comfyee.cluster.queue;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/**
 * Makes the queues on a RabbitMQ, over AMQP 0-9-1: version 3 has no way to do so over AMQP 1.0, and every version speaks
 * both on the same port.
 */
final class RabbitQueues {
    private static final System.Logger LOG = System.getLogger(RabbitQueues.class.getName());
    private static final int PATIENCE_MILLIS = 5_000;
    private static final int PRIORITIES = 9;
    /** The broker takes a message back from whoever has not settled it after that time: longer than any prompt runs. */
    private static final long CONSUMER_TIMEOUT_MILLIS = 7L * 24 * 60 * 60 * 1000;

    private RabbitQueues() {}

    static void declare(BrokerUri broker, BrokerProbe.Answer answer, String queue) throws IOException {
        var factory = new ConnectionFactory();
        factory.setHost(broker.host());
        factory.setPort(broker.port());
        factory.setUsername(broker.user().isEmpty() ? "guest" : broker.user());
        factory.setPassword(broker.user().isEmpty() ? "guest" : broker.password());
        factory.setVirtualHost(broker.virtualHost().isEmpty() ? "/" : broker.virtualHost());
        factory.setConnectionTimeout(PATIENCE_MILLIS);
        factory.setAutomaticRecoveryEnabled(false);
        BrokerTls.contextOf(broker).ifPresent(context -> {
            factory.useSslProtocol(context);
            factory.enableHostnameVerification();
        });
        try (var connection = factory.newConnection("comfyee")) {
            declare(connection, queue + DeadLetters.ENDING, durable(answer));
            declare(connection, queue, ofPrompts(answer, queue));
        } catch (TimeoutException | ShutdownSignalException e) {
            throw new IOException("the broker " + broker + " does not answer over AMQP 0-9-1, by which its queues are made: " + e.getMessage(), e);
        }
    }

    /** Arguments of a queue that is copied to other nodes of the broker where that does not cost the order of priorities. */
    private static Map<String, Object> durable(BrokerProbe.Answer answer) {
        return answer.kind() == BrokerKind.RABBITMQ ? Map.of("x-queue-type", "quorum", "x-delivery-limit", -1) : Map.of();
    }

    private static Map<String, Object> ofPrompts(BrokerProbe.Answer answer, String queue) {
        var arguments = new HashMap<>(durable(answer));
        if (answer.kind() == BrokerKind.RABBITMQ_3) {
            arguments.put("x-max-priority", PRIORITIES);
        }
        arguments.put("x-dead-letter-exchange", "");
        arguments.put("x-dead-letter-routing-key", queue + DeadLetters.ENDING);
        // Older versions know the time only as a setting of the whole broker, and ignore it here.
        arguments.put("x-consumer-timeout", CONSUMER_TIMEOUT_MILLIS);
        return arguments;
    }

    private static void declare(Connection connection, String queue, Map<String, Object> arguments) throws IOException {
        IOException refusal;
        try {
            connection.createChannel().queueDeclare(queue, true, false, false, arguments);
            return;
        } catch (IOException e) {
            refusal = e;
        }
        // A refused request ends its channel.
        Channel channel = connection.createChannel();
        try {
            channel.queueDeclarePassive(queue);
        } catch (IOException e) {
            throw new IOException("the broker has no queue '" + queue + "' and does not let this user make it (" + reason(refusal)
                    + "); make a durable queue of that name with the arguments " + arguments, e);
        }
        LOG.log(Level.WARNING, "the queue '" + queue + "' is used as it was made by another, with other properties than durable and " + arguments
                + " (" + reason(refusal) + "): prompts may be lost or run out of order; delete it while nothing runs to have it made anew");
    }

    private static String reason(IOException e) {
        return e.getCause() instanceof ShutdownSignalException signal ? String.valueOf(signal.getReason()) : e.getMessage();
    }
}
