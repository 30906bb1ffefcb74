package org.comfyee.server;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** A RabbitMQ of its own on loopback, with the usual user guest, and another who has a virtual host and may use TLS. */
final class RabbitMqNode implements TestBroker {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String USER = "comfyee";
    private static final String PASSWORD = "a secret";
    private static final String VIRTUAL_HOST = "prompts";
    private static final String DEFINITIONS = """
            {"vhosts": [{"name": "/"}, {"name": "%3$s"}],
             "users": [{"name": "guest", "password": "guest", "tags": "administrator"}, {"name": "%1$s", "password": "%2$s", "tags": ""}],
             "permissions": [{"user": "guest", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"},
                             {"user": "%1$s", "vhost": "%3$s", "configure": ".*", "write": ".*", "read": ".*"}]}
            """.formatted(USER, PASSWORD, VIRTUAL_HOST);

    /** What stays the same when it is started again. */
    private record Place(RabbitMqPrograms programs, Path directory, TestCertificate certificate, int port, int tlsPort, int epmdPort) {}

    private final Place place;
    private final Process process;

    private RabbitMqNode(Place place, Process process) {
        this.place = place;
        this.process = process;
    }

    /** @param consumerTimeout after which it takes messages back that nobody has settled; by itself it uses half an hour */
    static RabbitMqNode start(RabbitMqPrograms programs, Path directory, Duration consumerTimeout)
            throws IOException, InterruptedException, GeneralSecurityException {
        Files.createDirectories(directory);
        var place = new Place(programs, directory, TestCertificate.make(directory, "secret"), FreePort.find(), FreePort.find(), FreePort.find());
        place.certificate.writeKey(directory.resolve("key.pem"));
        var seen = programs.seen(directory);
        Files.writeString(directory.resolve("rabbitmq.conf"), """
                listeners.tcp.1 = 127.0.0.1:%d
                listeners.ssl.1 = 127.0.0.1:%d
                ssl_options.certfile = %s
                ssl_options.keyfile = %s
                load_definitions = %s
                consumer_timeout = %d
                """.formatted(place.port, place.tlsPort, seen.resolve("trusted.pem"), seen.resolve("key.pem"), seen.resolve("definitions.json"),
                consumerTimeout.toMillis()));
        Files.writeString(directory.resolve("definitions.json"), DEFINITIONS);
        // How often it looks whether that time has come.
        Files.writeString(directory.resolve("advanced.config"), "[{rabbit, [{channel_tick_interval, 1000}]}].");
        // The plugin that version 3 needs; version 4 knows it as one that does nothing.
        Files.writeString(directory.resolve("enabled_plugins"), "[rabbitmq_amqp1_0].");
        return launch(place);
    }

    private static RabbitMqNode launch(Place place) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(place.programs.server(place.directory));
        var seen = place.programs.seen(place.directory);
        var environment = builder.environment();
        environment.put("HOME", seen.toString());
        environment.put("RABBITMQ_NODENAME", "comfyee-test-" + place.port + "@localhost");
        environment.put("RABBITMQ_MNESIA_BASE", seen.resolve("data").toString());
        environment.put("RABBITMQ_LOG_BASE", seen.resolve("log").toString());
        environment.put("RABBITMQ_CONFIG_FILE", seen.resolve("rabbitmq.conf").toString());
        environment.put("RABBITMQ_ADVANCED_CONFIG_FILE", seen.resolve("advanced.config").toString());
        environment.put("RABBITMQ_ENABLED_PLUGINS_FILE", seen.resolve("enabled_plugins").toString());
        environment.put("RABBITMQ_DIST_PORT", Integer.toString(FreePort.find()));
        environment.put("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}");
        environment.put("ERL_EPMD_ADDRESS", "127.0.0.1");
        environment.put("ERL_EPMD_PORT", Integer.toString(place.epmdPort));
        var log = place.directory.resolve("rabbitmq.log");
        var process = builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())).start();
        var node = new RabbitMqNode(place, process);
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!node.answers()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                node.close();
                throw new IllegalStateException("RabbitMQ did not start:\n" + Files.readString(log));
            }
            Thread.sleep(200);
        }
        return node;
    }

    private boolean answers() {
        try (var connection = connect(new ConnectionFactory())) {
            return connection.isOpen();
        } catch (IOException e) {
            return false;
        }
    }

    private Connection connect(ConnectionFactory factory) throws IOException {
        factory.setPort(place.port);
        try {
            return factory.newConnection();
        } catch (TimeoutException e) {
            throw new IOException("RabbitMQ does not answer", e);
        }
    }

    /** Has something done over AMQP 0-9-1 where the user of the encrypted connection works. */
    <T> T inVirtualHost(Work<T> work) throws IOException, TimeoutException {
        var factory = new ConnectionFactory();
        factory.setUsername(USER);
        factory.setPassword(PASSWORD);
        factory.setVirtualHost(VIRTUAL_HOST);
        try (var connection = connect(factory); var channel = connection.createChannel()) {
            return work.on(channel);
        }
    }

    /**
     * Throws prompts away that wait for guest's workers, as an operator of the broker may.
     *
     * @param count how many there are; those that a worker had when all died come back to the queue a moment after the start
     */
    void purge(int count) throws IOException, TimeoutException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        try (var connection = connect(new ConnectionFactory()); var channel = connection.createChannel()) {
            for (int left = count; left > 0; left -= channel.queuePurge("comfyui").getMessageCount()) {
                if (System.nanoTime() > end) {
                    throw new IllegalStateException(left + " of " + count + " prompts are not there to be thrown away");
                }
                Thread.sleep(200);
            }
        }
    }

    /** What is done over a channel. */
    @FunctionalInterface
    interface Work<T> {
        T on(Channel channel) throws IOException;
    }

    /** As ComfyUI's own distributed mode is given it. */
    String uri() {
        return "amqp://guest:guest@127.0.0.1:" + place.port;
    }

    /** Encrypted, of a user with a virtual host; who connects must trust {@link #certificate}. */
    String encryptedUri() {
        return "amqps://" + USER + ":" + PASSWORD.replace(" ", "%20") + "@127.0.0.1:" + place.tlsPort + "/" + VIRTUAL_HOST;
    }

    /** As PEM. */
    Path certificate() {
        return place.certificate.trusted();
    }

    @Override
    public void kill() throws InterruptedException {
        process.descendants().toList().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
    }

    @Override
    public RabbitMqNode again() throws IOException, InterruptedException {
        return launch(place);
    }

    /** Whoever has it can connect. */
    @Override
    public RabbitMqNode awaitReady() {
        return this;
    }

    private int endEpmd() throws IOException, InterruptedException {
        return new ProcessBuilder(place.programs.nameServer("-port", Integer.toString(place.epmdPort), "-kill")).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    }

    @Override
    public void close() {
        try {
            kill();
            // Erlang's name server outlives its nodes, and ends when it has noticed that they are gone.
            for (int i = 0; i < 50 && endEpmd() != 0; i++) {
                Thread.sleep(100);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new IllegalStateException("epmd cannot be stopped", e);
        }
    }
}
