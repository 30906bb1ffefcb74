package org.comfyee.worker;

import jakarta.ejb.ActivationConfigProperty;
import jakarta.ejb.EJB;
import jakarta.ejb.MessageDriven;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageListener;
import java.lang.System.Logger.Level;
import org.comfyee.cluster.queue.PromptRequest;

/**
 * Takes prompts from the queue. A message says that the broker has a prompt; when the prompt's turn is, and whose, the
 * ledger says. Until its result is recorded the message is kept unacknowledged, so that it returns to the broker if this
 * worker dies.
 */
@MessageDriven(activationConfig = {
    @ActivationConfigProperty(propertyName = "uri", propertyValue = "${MPCONFIG=comfyee.distributed-queue-connection-uri}"),
    @ActivationConfigProperty(propertyName = "queue", propertyValue = "${MPCONFIG=comfyee.distributed-queue-name:comfyui}"),
    @ActivationConfigProperty(propertyName = "maxSession", propertyValue = "1")
})
@TransactionManagement(TransactionManagementType.BEAN)
public class PromptRunner implements MessageListener {
    private static final System.Logger LOG = System.getLogger(PromptRunner.class.getName());

    @EJB
    private WorkerNode worker;

    /** Returns when there is room for another message. */
    @Override
    public void onMessage(Message message) {
        try {
            PromptRequest request;
            try {
                request = PromptRequest.parse(message.getBody(String.class));
            } catch (RuntimeException | MessageFormatException e) {
                LOG.log(Level.WARNING, "a message in the prompt queue is no prompt and goes to the dead letters: " + e.getMessage());
                ParkedMessages.reject(message);
                return;
            }
            var messages = worker.messages();
            messages.park(request, message);
            messages.awaitRoom(() -> worker.sessions().size());
        } catch (JMSException e) {
            throw new IllegalStateException("a message cannot be read: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            // The worker is stopping, which is no fault of the message: it returns to the broker when the connection ends.
            Thread.currentThread().interrupt();
        }
    }
}
