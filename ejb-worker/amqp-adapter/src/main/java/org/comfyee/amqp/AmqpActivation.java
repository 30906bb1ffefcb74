package org.comfyee.amqp;

import jakarta.jms.MessageListener;
import jakarta.resource.spi.Activation;
import jakarta.resource.spi.ActivationSpec;
import jakarta.resource.spi.ConfigProperty;
import jakarta.resource.spi.InvalidPropertyException;
import jakarta.resource.spi.ResourceAdapter;

/** What a message-driven bean listens to: a queue of a broker, with so many messages at a time. */
@Activation(messageListeners = MessageListener.class)
public class AmqpActivation implements ActivationSpec {
    private ResourceAdapter resourceAdapter;
    private String uri;
    private String queue;
    private String maxSession = "1";

    @Override
    public void validate() throws InvalidPropertyException {
        if (uri == null || uri.isBlank()) {
            throw new InvalidPropertyException("the activation property uri is missing, expected amqp[s]://user:password@host[:port]");
        }
        if (queue == null || queue.isBlank()) {
            throw new InvalidPropertyException("the activation property queue is missing, expected the name of a queue");
        }
        if (!maxSession.matches("[1-9]\\d{0,3}")) {
            throw new InvalidPropertyException("the activation property maxSession is '" + maxSession + "', expected how many messages may be handled at a time");
        }
    }

    /** How many messages may be handled at a time. */
    int sessions() {
        return Integer.parseInt(maxSession);
    }

    @Override
    public ResourceAdapter getResourceAdapter() {
        return resourceAdapter;
    }

    @Override
    public void setResourceAdapter(ResourceAdapter adapter) {
        resourceAdapter = adapter;
    }

    public String getUri() {
        return uri;
    }

    @ConfigProperty
    public void setUri(String value) {
        uri = value;
    }

    public String getQueue() {
        return queue;
    }

    @ConfigProperty
    public void setQueue(String value) {
        queue = value;
    }

    public String getMaxSession() {
        return maxSession;
    }

    /** Text, since the server replaces placeholders in text only. */
    @ConfigProperty
    public void setMaxSession(String value) {
        maxSession = value;
    }
}
