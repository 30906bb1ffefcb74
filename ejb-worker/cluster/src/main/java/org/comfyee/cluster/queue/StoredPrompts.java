package org.comfyee.cluster.queue;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.qpid.jms.JmsConnectionFactory;

/**
 * Looks at the prompts that wait in a broker and leaves them there. Only where the broker says that it is an Artemis:
 * RabbitMQ takes what is only looked at for consumed.
 */
public final class StoredPrompts {
    private static final System.Logger LOG = System.getLogger(StoredPrompts.class.getName());
    private static final String MANAGEMENT = "activemq.management";
    private static final long ANSWER_MILLIS = 3_000;
    private static final String OPTIONS = "?jms.connectTimeout=5000&jms.requestTimeout=10000&jms.closeTimeout=2000";

    private StoredPrompts() {}

    /**
     * The prompts that wait, in the order in which the broker would give them out; none of a broker that is no Artemis.
     *
     * @throws JMSException if the broker cannot be reached
     */
    public static List<PromptRequest> of(BrokerUri broker, String queue) throws JMSException {
        var factory = new JmsConnectionFactory(broker.address() + OPTIONS);
        try (var connection = broker.user().isEmpty() ? factory.createConnection() : factory.createConnection(broker.user(), broker.password())) {
            connection.start();
            return isArtemis(connection) ? browse(connection, queue) : List.of();
        }
    }

    private static boolean isArtemis(Connection connection) throws JMSException {
        try (var session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            var answers = session.createTemporaryQueue();
            var consumer = session.createConsumer(answers);
            var question = session.createTextMessage("[]");
            question.setStringProperty("_AMQ_ResourceName", "broker");
            question.setStringProperty("_AMQ_OperationName", "getVersion");
            question.setJMSReplyTo(answers);
            session.createProducer(session.createQueue(MANAGEMENT)).send(question);
            return consumer.receive(ANSWER_MILLIS) != null;
        } catch (JMSException e) {
            LOG.log(Level.DEBUG, "the broker has no Artemis management: " + e.getMessage());
            return false;
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
