package org.comfyee.cluster.queue;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Looks at the prompts that wait in a broker and leaves them there. Only where the broker says that it is an Artemis:
 * RabbitMQ takes what is only looked at for consumed.
 */
public final class StoredPrompts {
    private static final System.Logger LOG = System.getLogger(StoredPrompts.class.getName());
    private static final String OPTIONS = "jms.requestTimeout=10000";

    private StoredPrompts() {}

    /**
     * The prompts that wait, in the order in which the broker would give them out; none of a broker that is no Artemis.
     *
     * @throws JMSException if the broker cannot be reached
     */
    public static List<PromptRequest> of(BrokerUri broker, String queue) throws JMSException {
        try (var connection = BrokerConnection.open(broker, queue, OPTIONS)) {
            connection.jms().start();
            return connection.kind() == BrokerKind.ARTEMIS ? browse(connection.jms(), queue) : List.of();
        }
    }

    private static List<PromptRequest> browse(Connection connection, String queue) throws JMSException {
        var prompts = new ArrayList<PromptRequest>();
        try (var session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            for (var message : Collections.list(session.createBrowser(session.createQueue(queue)).getEnumeration())) {
                try {
                    prompts.add(PromptRequest.parse(((TextMessage) message).getText()));
                } catch (ClassCastException | IllegalArgumentException e) {
                    LOG.log(Level.DEBUG, "a message in the prompt queue is no prompt: " + e.getMessage());
                }
            }
        }
        return prompts;
    }
}
