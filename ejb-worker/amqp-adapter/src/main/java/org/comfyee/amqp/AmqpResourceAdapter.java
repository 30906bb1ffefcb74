package org.comfyee.amqp;

import jakarta.resource.ResourceException;
import jakarta.resource.spi.ActivationSpec;
import jakarta.resource.spi.BootstrapContext;
import jakarta.resource.spi.Connector;
import jakarta.resource.spi.ResourceAdapter;
import jakarta.resource.spi.TransactionSupport;
import jakarta.resource.spi.endpoint.MessageEndpointFactory;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.transaction.xa.XAResource;
import org.comfyee.cluster.queue.BrokerUri;

/** Brings the messages of AMQP 1.0 queues to message-driven beans. No transactions, so that every AMQP broker will do. */
@Connector(reauthenticationSupport = false, transactionSupport = TransactionSupport.TransactionSupportLevel.NoTransaction)
public class AmqpResourceAdapter implements ResourceAdapter, Serializable {
    private static final long serialVersionUID = 1L;

    private transient BootstrapContext context;
    private final transient Map<MessageEndpointFactory, List<DeliveryLoop>> loops = new ConcurrentHashMap<>();

    @Override
    public void start(BootstrapContext bootstrap) {
        context = bootstrap;
    }

    @Override
    public void stop() {
        loops.values().forEach(each -> each.forEach(DeliveryLoop::release));
    }

    @Override
    public void endpointActivation(MessageEndpointFactory endpoints, ActivationSpec spec) throws ResourceException {
        var activation = (AmqpActivation) spec;
        activation.validate();
        var broker = BrokerUri.parse(activation.getUri()).withConfiguredLogin();
        var started = new ArrayList<DeliveryLoop>();
        loops.put(endpoints, started);
        for (int i = 0; i < activation.sessions(); i++) {
            var loop = new DeliveryLoop(endpoints, broker, activation.getQueue());
            started.add(loop);
            context.getWorkManager().startWork(loop);
        }
    }

    @Override
    public void endpointDeactivation(MessageEndpointFactory endpoints, ActivationSpec spec) {
        var stopped = loops.remove(endpoints);
        if (stopped != null) {
            stopped.forEach(DeliveryLoop::release);
        }
    }

    @Override
    public XAResource[] getXAResources(ActivationSpec[] specs) {
        return null;
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
