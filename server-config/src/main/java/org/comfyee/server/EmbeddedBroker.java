package org.comfyee.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
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

/** An Artemis broker in this process, on loopback, for those who run no broker of their own. */
final class EmbeddedBroker {
    private static final String USER = "comfyee";
    private static final int MOST_DELIVERIES = 3;
    /** The journal waits that long for more to write at once; the default of 3.3 ms would hold up every single prompt. */
    private static final int JOURNAL_DELAY_NANOS = 200_000;

    private EmbeddedBroker() {}

    /** Lets in who knows the password that this process made up, since other users of the machine reach loopback too. */
    private record OnePassword(String password) implements ActiveMQSecurityManager {
        @Override
        public boolean validateUser(String user, String given) {
            return given != null && MessageDigest.isEqual(given.getBytes(), password.getBytes());
        }

        @Override
        public boolean validateUserAndRole(String user, String given, Set<Role> roles, CheckType check) {
            return validateUser(user, given);
        }
    }

    /** Starts the broker and makes it the one that the settings name. What it held when it was last stopped is still there. */
    static void start(Path journal, String queue) throws IOException {
        int port = freePort();
        var password = randomPassword();
        try {
            var broker = new EmbeddedActiveMQ();
            broker.setConfiguration(configuration(journal, queue, port));
            broker.setSecurityManager(new OnePassword(password));
            broker.start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(broker), "broker-stop"));
        } catch (Exception e) {
            throw new IOException("the embedded broker cannot be started with its journal in " + journal + ": " + e.getMessage(), e);
        }
        System.setProperty(Setting.CONNECTION_URI.key(), "amqp://" + USER + ":" + password + "@127.0.0.1:" + port);
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

    private static ConfigurationImpl configuration(Path directory, String queue, int port) throws Exception {
        var configuration = new ConfigurationImpl();
        configuration.setPersistenceEnabled(true);
        configuration.setJournalDirectory(directory.resolve("journal").toString());
        configuration.setBindingsDirectory(directory.resolve("bindings").toString());
        configuration.setPagingDirectory(directory.resolve("paging").toString());
        configuration.setLargeMessagesDirectory(directory.resolve("large-messages").toString());
        configuration.setJournalType(JournalType.NIO);
        configuration.setJournalBufferTimeout_NIO(JOURNAL_DELAY_NANOS);
        configuration.setJMXManagementEnabled(false);
        configuration.setSecurityEnabled(true);
        configuration.addAcceptorConfiguration("amqp", "tcp://127.0.0.1:" + port + "?protocols=AMQP");
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
