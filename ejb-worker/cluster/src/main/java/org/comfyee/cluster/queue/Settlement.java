package org.comfyee.cluster.queue;

import jakarta.jms.JMSException;
import jakarta.jms.Message;

/** What becomes of a message that was received in a session of {@link #INDIVIDUALLY}: the outcomes of AMQP 1.0, as Qpid JMS numbers them. */
public enum Settlement {
    /** It has done its work. */
    ACCEPTED(1),
    /** It goes to the dead letters. */
    REJECTED(2),
    /** It returns to the queue as if it had never been delivered. */
    RELEASED(3),
    /** It returns to the queue, and the broker counts a failed delivery. */
    MODIFIED_FAILED(4);

    /** The mode of sessions in which each message is settled alone, at any time and by any thread. */
    public static final int INDIVIDUALLY = 101;

    private static final String PROPERTY = "JMS_AMQP_ACK_TYPE";

    private final int number;

    Settlement(int number) {
        this.number = number;
    }

    /**
     * Tells the broker.
     *
     * @throws JMSException if the connection is gone; the broker takes the message back then
     */
    public void settle(Message message) throws JMSException {
        message.setIntProperty(PROPERTY, number);
        message.acknowledge();
    }
}
