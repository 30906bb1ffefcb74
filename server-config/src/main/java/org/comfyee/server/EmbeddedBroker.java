package org.comfyee.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.CoreAddressConfiguration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.security.CheckType;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.spi.core.security.ActiveMQSecurityManager;
import org.comfyee.cluster.config.Setting;
import org.comfyee.cluster.queue.BrokerUri;

/** An Artemis broker in this process, on loopback, for those who run no broker of their own. */
final class EmbeddedBroker {
    private static final String USER = "comfyee";
    private static final int MOST_DELIVERIES = 3;
    /** The journal waits that long for more to write at once; the default of 3.3 ms would hold up every single prompt. */
    private static final int JOURNAL_DELAY_NANOS = 200_000;
    private static final long LEAST_FREE_BYTES = 256L << 20;

    private EmbeddedBroker() {}

    /** Lets in one user only, also on loopback, which all users of a machine reach. */
    private record OneUser(String name, String password) implements ActiveMQSecurityManager {
        @Override
        public boolean validateUser(String user, String given) {
            return given != null && name.equals(user)
                    && MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), password.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public boolean validateUserAndRole(String user, String given, Set<Role> roles, CheckType check) {
            return validateUser(user, given);
        }
    }

    /** Starts a broker for this process alone and makes it the one that the settings name. */
    static void startPrivate(Path journal, String queue) throws IOException {
        var password = randomPassword();
        var uri = "amqp://" + USER + ":" + password + "@127.0.0.1:" + freePort();
        start(journal, queue, BrokerUri.parse(uri));
        System.setProperty(Setting.CONNECTION_URI.key(), uri);
    }

    /** Starts a broker at an address. What it held when it was last stopped is still there. */
    static void start(Path journal, String queue, BrokerUri uri) throws IOException {
        try {
            var broker = new EmbeddedActiveMQ();
            broker.setConfiguration(configuration(journal, queue, URI.create(uri.address())));
            broker.setSecurityManager(new OneUser(uri.user(), uri.password()));
            broker.start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(broker), "broker-stop"));
        } catch (Exception e) {
            throw new IOException("the broker cannot be started at " + uri + " with its journal in " + journal + ": " + e.getMessage(), e);
        }
    }

    private static void stop(EmbeddedActiveMQ broker) {
        try {
            broker.stop();
        } catch (Exception e) {
            System.err.println("comfyee: the embedded broker did not stop cleanly: " + e.getMessage());
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String randomPassword() {
        var bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static ConfigurationImpl configuration(Path directory, String queue, URI address) throws Exception {
        var configuration = new ConfigurationImpl();
        configuration.setPersistenceEnabled(true);
        configuration.setJournalDirectory(directory.resolve("journal").toString());
        configuration.setBindingsDirectory(directory.resolve("bindings").toString());
        configuration.setPagingDirectory(directory.resolve("paging").toString());
        configuration.setLargeMessagesDirectory(directory.resolve("large-messages").toString());
        configuration.setJournalType(JournalType.NIO);
        configuration.setJournalBufferTimeout_NIO(JOURNAL_DELAY_NANOS);
        // The default is to take no messages from 90% on, of however large a disk.
        configuration.setMinDiskFree(LEAST_FREE_BYTES);
        configuration.setJMXManagementEnabled(false);
        configuration.setSecurityEnabled(true);
        configuration.addAcceptorConfiguration("amqp", "tcp://" + address.getHost() + ":" + address.getPort() + "?protocols=AMQP");
        var dead = queue + ".dlq";
        configuration.addAddressConfiguration(queue(queue));
        configuration.addAddressConfiguration(queue(dead));
        var settings = new AddressSettings();
        settings.setDeadLetterAddress(SimpleString.of(dead));
        settings.setMaxDeliveryAttempts(MOST_DELIVERIES);
        settings.setAutoCreateQueues(false);
        settings.setAutoCreateAddresses(false);
        configuration.addAddressSetting("#", settings);
        return configuration;
    }

    private static CoreAddressConfiguration queue(String name) {
        return new CoreAddressConfiguration()
                .setName(name)
                .addRoutingType(RoutingType.ANYCAST)
                .addQueueConfig(QueueConfiguration.of(name).setAddress(name).setRoutingType(RoutingType.ANYCAST).setDurable(true));
    }
}
