package org.comfyee.cluster.queue;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import org.comfyee.cluster.config.Credentials;
import org.comfyee.cluster.config.Setting;
import org.comfyee.cluster.grid.Seal;

/** Tells of which cluster a prompt is: a worker with another name or key would record the result where nobody looks for it. */
public final class PromptOrigin {
    private static final String PROPERTY = "comfyee_cluster";
    private static final String OWN = own();

    private PromptOrigin() {}

    private static String own() {
        var name = Setting.CLUSTER_NAME.value();
        var key = Credentials.configured().clusterKey();
        return key.isEmpty() ? name : new Seal(key).mark(name);
    }

    static void mark(Message message) throws JMSException {
        message.setStringProperty(PROPERTY, OWN);
    }

    /** Whether a prompt was sent by a front end that is no member of this process's cluster. */
    public static boolean isForeign(Message message) throws JMSException {
        return message.propertyExists(PROPERTY) && !OWN.equals(message.getStringProperty(PROPERTY));
    }
}
