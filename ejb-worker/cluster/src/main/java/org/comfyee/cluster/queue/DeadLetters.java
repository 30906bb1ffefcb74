package org.comfyee.cluster.queue;

import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The messages that no worker could handle, which a broker keeps in a queue of their own. They are looked at by being
 * received and given back, which every AMQP broker can do; whoever looks at the same moment sees only some of them.
 */
public final class DeadLetters {
    /** At the end of the name of their queue, behind that of the prompts. */
    static final String ENDING = ".dlq";

    /** So long after the last message there is no further one. */
    private static final long SILENCE_MILLIS = 300;
    private static final long FIRST_MILLIS = 1_000;

    private final BrokerUri broker;
    private final String promptQueue;

    /**
     * A message that no worker could handle.
     *
     * @param id of the prompt, or else of the message, or else made from its text
     * @param prompt empty if it is none
     * @param sentMillis since 1970
     */
    public record Letter(String id, Optional<PromptRequest> prompt, String text, long sentMillis) {}

    /** What is to become of letters that are looked at. */
    @FunctionalInterface
    public interface Handling {
        /**
         * @return whether the letter is done with
         * @throws QueueUnavailableException if a prompt cannot be sent again
         */
        boolean handle(Letter letter) throws QueueUnavailableException;
    }

    /** @param promptQueue the queue whose dead letters they are */
    public DeadLetters(BrokerUri broker, String promptQueue) {
        this.broker = broker;
        this.promptQueue = promptQueue;
    }

    /** So many of them at most, the oldest first. */
    public List<Letter> list(int most) throws QueueUnavailableException {
        var letters = new ArrayList<Letter>();
        handle(most, letter -> {
            letters.add(letter);
            return false;
        });
        // What was given back may stand behind what was not looked at.
        letters.sort(Comparator.comparingLong(Letter::sentMillis));
        return letters;
    }

    /** Takes out those that match. @return how many */
    public int remove(Predicate<Letter> wanted) throws QueueUnavailableException {
        return handle(Integer.MAX_VALUE, wanted::test);
    }

    /**
     * Looks at the letters one after the other.
     *
     * @return how many are done with; the others are still there
     * @throws QueueUnavailableException if the broker cannot be reached
     */
    public synchronized int handle(int most, Handling handling) throws QueueUnavailableException {
        try (var connection = BrokerConnection.open(broker, promptQueue);
                var session = connection.jms().createSession(false, Settlement.INDIVIDUALLY)) {
            connection.jms().start();
            try (var consumer = session.createConsumer(connection.queue(session, promptQueue + ENDING))) {
                return handle(consumer, most, handling);
            }
        } catch (JMSException e) {
            throw new QueueUnavailableException("the dead letters at " + broker + " cannot be reached: " + e.getMessage(), e);
        }
    }

    private static int handle(MessageConsumer consumer, int most, Handling handling) throws JMSException, QueueUnavailableException {
        var kept = new ArrayList<Message>();
        int done = 0;
        try {
            var message = consumer.receive(FIRST_MILLIS);
            while (message != null) {
                if (handling.handle(letter(message))) {
                    Settlement.ACCEPTED.settle(message);
                    done++;
                } else {
                    kept.add(message);
                }
                message = kept.size() + done < most ? consumer.receive(SILENCE_MILLIS) : null;
            }
        } finally {
            for (var message : kept) {
                Settlement.RELEASED.settle(message);
            }
        }
        return done;
    }

    private static Letter letter(Message message) throws JMSException {
        var text = text(message);
        Optional<PromptRequest> prompt;
        try {
            prompt = Optional.of(PromptRequest.parse(text));
        } catch (RuntimeException e) {
            prompt = Optional.empty();
        }
        // Other programs may have sent it without an id.
        var id = Optional.ofNullable(message.getJMSMessageID()).orElseGet(() -> "nameless-" + Integer.toHexString(text.hashCode()));
        return new Letter(prompt.map(PromptRequest::promptId).orElse(id), prompt, text, message.getJMSTimestamp());
    }

    private static String text(Message message) {
        try {
            return message instanceof BytesMessage bytes
                    ? new String(bytes.getBody(byte[].class), StandardCharsets.UTF_8)
                    : Objects.requireNonNullElse(message.getBody(String.class), "");
        } catch (JMSException e) {
            return "";
        }
    }
}
