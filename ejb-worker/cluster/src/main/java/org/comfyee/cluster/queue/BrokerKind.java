package org.comfyee.cluster.queue;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/** The brokers between which AMQP 1.0 leaves room for differences. */
public enum BrokerKind {
    ARTEMIS,
    /** From version 4 on, with AMQP 1.0 of its own. */
    RABBITMQ,
    /** Version 3 with the plugin for AMQP 1.0. */
    RABBITMQ_3,
    /** Any other, expected to keep to the standard. */
    OTHER;

    private static final Pattern MAJOR = Pattern.compile("(\\d+).*", Pattern.DOTALL);
    private static final int FIRST_NATIVE = 4;

    /**
     * @param product as the broker calls itself when it opens a connection
     * @param version likewise; may be empty
     */
    static BrokerKind of(String product, String version) {
        var name = product.toLowerCase(Locale.ROOT);
        if (name.contains("artemis")) {
            return ARTEMIS;
        }
        if (name.contains("rabbitmq")) {
            var major = MAJOR.matcher(version);
            return major.matches() && Integer.parseInt(major.group(1)) < FIRST_NATIVE ? RABBITMQ_3 : RABBITMQ;
        }
        return OTHER;
    }

    boolean isRabbit() {
        return this == RABBITMQ || this == RABBITMQ_3;
    }

    /** How a queue is addressed. */
    public String address(String queue) {
        return switch (this) {
            case RABBITMQ -> "/queues/" + percentEncoded(queue);
            case RABBITMQ_3 -> "/amq/queue/" + percentEncoded(queue);
            case ARTEMIS, OTHER -> queue;
        };
    }

    /** What Qpid JMS must be told to get along with it, to be put behind other options. */
    String options() {
        // Asked whether it has really nothing more, its plugin ends the session.
        return this == RABBITMQ_3 ? "&jms.receiveLocalOnly=true" : "";
    }

    private static String percentEncoded(String queue) {
        return URLEncoder.encode(queue, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** How a message is settled that could not be handled and shall be delivered again: with the failure counted, where the broker knows of such. */
    public Settlement failed() {
        return this == RABBITMQ_3 ? Settlement.RELEASED : Settlement.MODIFIED_FAILED;
    }
}
