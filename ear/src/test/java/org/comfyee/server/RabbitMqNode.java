package org.comfyee.server;

import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** A RabbitMQ of its own on loopback, with the plugin for AMQP 1.0 and the usual user guest. */
final class RabbitMqNode implements AutoCloseable {
    private static final Path PROGRAMS = Path.of(System.getProperty("comfyee.rabbitmq", "/usr/lib/rabbitmq/bin"));
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Path directory;
    private final int port;
    private final int epmdPort;
    private final Process process;

    private RabbitMqNode(Path directory, int port, int epmdPort, Process process) {
        this.directory = directory;
        this.port = port;
        this.epmdPort = epmdPort;
        this.process = process;
    }

    /** @param consumerTimeout after which it takes messages back that nobody has settled; by itself it uses half an hour */
    static RabbitMqNode start(Path directory, Duration consumerTimeout) throws IOException, InterruptedException {
        if (!Files.isExecutable(PROGRAMS.resolve("rabbitmq-server"))) {
            throw new IllegalStateException("there is no rabbitmq-server in " + PROGRAMS
                    + "; install it (Debian: apt-get install rabbitmq-server) or name its directory with -Dcomfyee.rabbitmq=DIR");
        }
        Files.createDirectories(directory);
        int port = FreePort.find();
        Files.writeString(directory.resolve("rabbitmq.conf"), "listeners.tcp.1 = 127.0.0.1:" + port + "\nconsumer_timeout = " + consumerTimeout.toMillis() + "\n");
        // How often it looks whether that time has come.
        Files.writeString(directory.resolve("advanced.config"), "[{rabbit, [{channel_tick_interval, 1000}]}].");
        Files.writeString(directory.resolve("enabled_plugins"), "[rabbitmq_amqp1_0].");
        return launch(directory, port, FreePort.find());
    }

    private static RabbitMqNode launch(Path directory, int port, int epmdPort) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(PROGRAMS.resolve("rabbitmq-server").toString());
        var environment = builder.environment();
        environment.put("HOME", directory.toString());
        environment.put("RABBITMQ_NODENAME", "comfyee-test-" + port + "@localhost");
        environment.put("RABBITMQ_MNESIA_BASE", directory.resolve("data").toString());
        environment.put("RABBITMQ_LOG_BASE", directory.resolve("log").toString());
        environment.put("RABBITMQ_CONFIG_FILE", directory.resolve("rabbitmq.conf").toString());
        environment.put("RABBITMQ_ADVANCED_CONFIG_FILE", directory.resolve("advanced.config").toString());
        environment.put("RABBITMQ_ENABLED_PLUGINS_FILE", directory.resolve("enabled_plugins").toString());
        environment.put("RABBITMQ_DIST_PORT", Integer.toString(FreePort.find()));
        environment.put("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}");
        environment.put("ERL_EPMD_ADDRESS", "127.0.0.1");
        environment.put("ERL_EPMD_PORT", Integer.toString(epmdPort));
        var log = directory.resolve("rabbitmq.log");
        var process = builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())).start();
        var node = new RabbitMqNode(directory, port, epmdPort, process);
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
        var factory = new ConnectionFactory();
        factory.setPort(port);
        try (var connection = factory.newConnection()) {
            return connection.isOpen();
        } catch (IOException | TimeoutException e) {
            return false;
        }
    }

    int port() {
        return port;
    }

    /** Kills it as if by {@code kill -9}. */
    void kill() throws InterruptedException {
        process.descendants().toList().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
    }

    /** The same once more, after it was killed. */
    RabbitMqNode again() throws IOException, InterruptedException {
        return launch(directory, port, epmdPort);
    }

    private int endEpmd() throws IOException, InterruptedException {
        return new ProcessBuilder(List.of("epmd", "-port", Integer.toString(epmdPort), "-kill")).redirectErrorStream(true)
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
