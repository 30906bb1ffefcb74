package org.comfyee.server;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Properties;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.core.config.FileDeploymentManager;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.config.impl.FileConfiguration;
import org.apache.activemq.artemis.core.config.impl.SecurityConfiguration;
import org.apache.activemq.artemis.core.remoting.impl.netty.TransportConstants;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.spi.core.security.ActiveMQJAASSecurityManager;
import org.apache.activemq.artemis.spi.core.security.jaas.InVMLoginModule;
import org.comfyee.cluster.config.Credentials;
import org.comfyee.cluster.config.NamedValues;
import org.comfyee.cluster.config.PrivateDirectory;
import org.comfyee.cluster.config.Setting;
import org.comfyee.cluster.queue.BrokerUri;

/** An Artemis broker in this process, as {@code broker.xml} describes it, for those who run no broker of their own. */
final class EmbeddedBroker {
    private static final String USER = "comfyee";
    private static final String ACCEPTOR = "amqp";
    /** What users may do is told by these names in {@code broker.xml}. */
    private static final String USER_ROLE = "comfyee";
    private static final String ADMIN_ROLE = "admin";

    private EmbeddedBroker() {}

    /** Starts a broker for this process alone and makes it the one that the settings name. */
    static void startPrivate(Path journal) throws IOException {
        var password = randomPassword();
        var uri = "amqp://" + USER + ":" + password + "@127.0.0.1:" + FreePort.find();
        start(journal, BrokerUri.parse(uri), new Properties());
        System.setProperty(Setting.CONNECTION_URI.key(), uri);
    }

    /** Starts the broker that the settings describe. */
    static void startConfigured(Path journal, BrokerUri uri) throws IOException {
        var users = new Properties();
        var file = Setting.BROKER_USERS.path();
        if (file.isPresent()) {
            try {
                users = NamedValues.read(file.get());
            } catch (IOException e) {
                throw new IllegalArgumentException("--" + Setting.BROKER_USERS.flag() + " is '" + file.get() + "', which cannot be read: " + e, e);
            }
        }
        start(journal, uri, users);
    }

    /**
     * Starts a broker at an address. What it held when it was last stopped is still there.
     *
     * @param uri its user may also manage the broker
     * @param users further ones, passwords by name
     */
    private static void start(Path journal, BrokerUri uri, Properties users) throws IOException {
        // The file names its queue by this.
        System.setProperty(Setting.QUEUE_NAME.key(), Setting.QUEUE_NAME.value());
        try {
            // The broker itself would only log that it cannot be reached.
            if (!Ports.isFree(InetAddress.getByName(uri.host()), uri.port())) {
                throw new IOException("the port is taken, or the address is none of this machine");
            }
            PrivateDirectory.make(journal);
            var broker = new EmbeddedActiveMQ();
            broker.setConfiguration(configuration(journal, uri));
            broker.setSecurityManager(new ActiveMQJAASSecurityManager(InVMLoginModule.class.getName(), security(uri, users)));
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

    private static String randomPassword() {
        var bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static SecurityConfiguration security(BrokerUri uri, Properties users) {
        var security = new SecurityConfiguration();
        security.addUser(uri.user(), uri.password());
        security.addRole(uri.user(), ADMIN_ROLE);
        users.stringPropertyNames().stream().filter(name -> !name.equals(uri.user())).forEach(name -> {
            security.addUser(name, users.getProperty(name));
            security.addRole(name, USER_ROLE);
        });
        return security;
    }

    private static ConfigurationImpl configuration(Path directory, BrokerUri uri) throws Exception {
        var file = Path.of(System.getProperty("comfyee.broker-configuration")).toUri().toString();
        var configuration = new FileConfiguration();
        var manager = new FileDeploymentManager(file);
        manager.addDeployable(configuration);
        manager.readConfiguration();
        configuration.setJournalDirectory(directory.resolve("journal").toString());
        configuration.setBindingsDirectory(directory.resolve("bindings").toString());
        configuration.setPagingDirectory(directory.resolve("paging").toString());
        configuration.setLargeMessagesDirectory(directory.resolve("large-messages").toString());
        var acceptor = configuration.getAcceptorConfigurations().stream().filter(each -> ACCEPTOR.equals(each.getName())).findFirst()
                .orElseThrow(() -> new IllegalStateException(file + " has no acceptor '" + ACCEPTOR + "'"));
        address(acceptor, uri);
        return configuration;
    }

    private static void address(TransportConfiguration acceptor, BrokerUri uri) {
        var parameters = acceptor.getParams();
        parameters.put(TransportConstants.HOST_PROP_NAME, uri.host());
        parameters.put(TransportConstants.PORT_PROP_NAME, uri.port());
        if (uri.isTls()) {
            var keys = Setting.BROKER_KEY_STORE.path();
            if (keys.isEmpty()) {
                throw new IllegalArgumentException("a broker at " + uri + " needs its certificate and key: --" + Setting.BROKER_KEY_STORE.flag() + " FILE");
            }
            parameters.put(TransportConstants.SSL_ENABLED_PROP_NAME, true);
            parameters.put(TransportConstants.KEYSTORE_PATH_PROP_NAME, keys.get().toAbsolutePath().toString());
            parameters.put(TransportConstants.KEYSTORE_TYPE_PROP_NAME, "PKCS12");
            parameters.put(TransportConstants.KEYSTORE_PASSWORD_PROP_NAME, Credentials.configured().keyStorePassword());
        }
    }
}
