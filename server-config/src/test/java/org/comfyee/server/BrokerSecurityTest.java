package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.jms.JMSException;
import jakarta.jms.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.comfyee.cluster.config.Setting;
import org.comfyee.cluster.queue.BrokerConnection;
import org.comfyee.cluster.queue.BrokerKind;
import org.comfyee.cluster.queue.BrokerUri;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker with TLS and users, as {@code comfyee-broker} starts it. */
class BrokerSecurityTest {
    private static final String OPTIONS = "jms.requestTimeout=5000";

    @TempDir
    private static Path directory;

    private static String address;
    private static Path credentials;

    @BeforeAll
    static void startBroker() throws Exception {
        keytool("-genkeypair", "-alias", "broker", "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "san=dns:localhost,ip:127.0.0.1",
                "-keystore", directory.resolve("keys.p12").toString(), "-storetype", "PKCS12", "-storepass", "store secret");
        keytool("-exportcert", "-rfc", "-alias", "broker", "-keystore", directory.resolve("keys.p12").toString(), "-storepass", "store secret",
                "-file", directory.resolve("trusted.pem").toString());
        credentials = directory.resolve("credentials");
        Files.writeString(credentials, "user=chief\npassword=chief's secret\nkey-store-password=store secret\n");
        Files.writeString(directory.resolve("users"), "worker=worker's secret\n");
        address = "amqps://127.0.0.1:" + FreePort.find();
        set(Setting.CREDENTIALS_FILE, credentials);
        set(Setting.BROKER_KEY_STORE, directory.resolve("keys.p12"));
        set(Setting.BROKER_USERS, directory.resolve("users"));
        System.setProperty("comfyee.broker-configuration", "broker.xml");
        EmbeddedBroker.startConfigured(directory.resolve("journal"), BrokerUri.parse(address).withConfiguredLogin());
        // The key is the broker's alone.
        System.clearProperty(Setting.BROKER_KEY_STORE.key());
        set(Setting.BROKER_TRUST_STORE, directory.resolve("trusted.pem"));
    }

    @AfterAll
    static void forgetSettings() {
        for (var setting : List.of(Setting.CREDENTIALS_FILE, Setting.BROKER_USERS, Setting.BROKER_TRUST_STORE)) {
            System.clearProperty(setting.key());
        }
    }

    private static void set(Setting setting, Path file) {
        System.setProperty(setting.key(), file.toString());
    }

    private static void keytool(String... arguments) throws IOException, InterruptedException {
        var command = new java.util.ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/keytool").toString()));
        command.addAll(List.of(arguments));
        assertEquals(0, new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor());
    }

    @Test
    void aPortThatIsTakenIsTold() {
        var taken = BrokerUri.parse(address.replace("amqps", "amqp")).withConfiguredLogin();
        var failure = assertThrows(IOException.class, () -> EmbeddedBroker.startConfigured(directory.resolve("second"), taken));
        assertTrue(failure.getMessage().startsWith("the broker cannot be started at " + taken), failure.getMessage());
    }

    @Test
    void usersOfTheFileSendAndReceive() throws Exception {
        var uri = BrokerUri.parse(address.replace("//", "//worker:worker's%20secret@"));
        try (var connection = BrokerConnection.open(uri, "comfyui", OPTIONS); var session = connection.jms().createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            assertEquals(BrokerKind.ARTEMIS, connection.kind());
            connection.jms().start();
            session.createProducer(connection.queue(session, "comfyui")).send(session.createTextMessage("hello"));
            var received = session.createConsumer(connection.queue(session, "comfyui")).receive(5_000);
            assertEquals("hello", received.getBody(String.class));
        }
    }

    @Test
    void theLoginMayComeFromTheCredentialsFile() throws Exception {
        try (var connection = BrokerConnection.open(BrokerUri.parse(address).withConfiguredLogin(), "comfyui", OPTIONS)) {
            connection.jms().start();
        }
    }

    @Test
    void wrongPasswordsAreRefusedAndNotRepeated() {
        var uri = BrokerUri.parse(address.replace("//", "//worker:guessed@"));
        var refusal = assertThrows(JMSException.class, () -> BrokerConnection.open(uri, "comfyui", OPTIONS));
        assertTrue(refusal.getMessage().contains("worker"), refusal.getMessage());
        assertFalse(refusal.getMessage().contains("guessed"), refusal.getMessage());
    }

    @Test
    void usersOfTheFileDoNotManageTheBroker() throws Exception {
        var uri = BrokerUri.parse(address.replace("//", "//worker:worker's%20secret@"));
        try (var connection = BrokerConnection.open(uri, "comfyui", OPTIONS); var session = connection.jms().createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            assertThrows(JMSException.class, () -> session.createProducer(session.createQueue("activemq.management")).send(session.createTextMessage("[]")));
        }
    }

    @Test
    void whoeverTheTrustStoreDoesNotNameIsNotTrusted() {
        System.clearProperty(Setting.BROKER_TRUST_STORE.key());
        try {
            assertThrows(JMSException.class, () -> BrokerConnection.open(BrokerUri.parse(address).withConfiguredLogin(), "comfyui", OPTIONS));
        } finally {
            set(Setting.BROKER_TRUST_STORE, directory.resolve("trusted.pem"));
        }
    }
}
