package org.comfyee.cluster.queue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.engine.EndpointState;
import org.apache.qpid.proton.engine.Sasl;
import org.apache.qpid.proton.engine.Transport;

/** Opens an AMQP 1.0 connection for as long as it takes to hear what broker answers, which JMS does not tell. */
final class BrokerProbe {
    private static final int PATIENCE_MILLIS = 5_000;
    private static final int READ_SIZE = 4_096;

    private BrokerProbe() {}

    /**
     * What a broker calls itself.
     *
     * @param version may be empty
     */
    record Answer(String product, String version) {
        BrokerKind kind() {
            return BrokerKind.of(product, version);
        }
    }

    /** @throws IOException if there is no AMQP 1.0 broker or it refuses the login */
    static Answer ask(BrokerUri broker) throws IOException {
        try (var socket = connect(broker)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            var transport = Proton.transport();
            var sasl = transport.sasl();
            sasl.client();
            if (broker.user().isEmpty()) {
                sasl.setMechanisms("ANONYMOUS");
            } else {
                sasl.plain(broker.user(), broker.password());
            }
            var connection = Proton.connection();
            connection.setContainer("comfyee-" + UUID.randomUUID());
            connection.setHostname(broker.virtualHost().isEmpty() ? broker.host() : BrokerConnection.VIRTUAL_HOST + broker.virtualHost());
            transport.bind(connection);
            connection.open();
            while (connection.getRemoteState() == EndpointState.UNINITIALIZED) {
                flush(transport, socket);
                read(transport, socket);
                if (sasl.getOutcome() != Sasl.PN_SASL_NONE && sasl.getOutcome() != Sasl.PN_SASL_OK) {
                    throw new IOException("the broker refuses the user '" + broker.user() + "' with that password");
                }
            }
            connection.close();
            flush(transport, socket);
            var properties = Objects.requireNonNullElse(connection.getRemoteProperties(), Map.<Symbol, Object>of());
            return new Answer(text(properties, "product"), text(properties, "version"));
        }
    }

    private static String text(Map<Symbol, Object> properties, String name) {
        return Objects.toString(properties.get(Symbol.valueOf(name)), "");
    }

    private static Socket connect(BrokerUri broker) throws IOException {
        var plain = new Socket();
        try {
            plain.connect(new InetSocketAddress(broker.host(), broker.port()), PATIENCE_MILLIS);
            return broker.isTls() ? BrokerTls.wrap(plain, broker) : plain;
        } catch (IOException | RuntimeException e) {
            plain.close();
            throw e;
        }
    }

    private static void flush(Transport transport, Socket socket) throws IOException {
        for (int pending = transport.pending(); pending > 0; pending = transport.pending()) {
            var bytes = new byte[pending];
            transport.head().get(bytes);
            socket.getOutputStream().write(bytes);
            transport.pop(pending);
        }
        socket.getOutputStream().flush();
    }

    private static void read(Transport transport, Socket socket) throws IOException {
        if (transport.capacity() <= 0) {
            throw new IOException("what answers is no AMQP 1.0 broker: " + transport.getRemoteCondition());
        }
        var bytes = new byte[Math.min(READ_SIZE, transport.capacity())];
        int count = socket.getInputStream().read(bytes);
        if (count < 0) {
            throw new IOException("what answers closes the connection; is it an AMQP 1.0 broker, on RabbitMQ 3 with the plugin rabbitmq_amqp1_0?");
        }
        transport.tail().put(ByteBuffer.wrap(bytes, 0, count));
        transport.process();
    }
}
