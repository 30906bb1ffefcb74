package org.comfyee.server.soak;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.comfyee.cluster.ledger.TurnLine;
import org.comfyee.server.FreePort;

/** A broker, front ends and workers, each a process of its own, started by the program that this one is. */
final class SoakCluster implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 180;
    private static final long STOP_SECONDS = 30;
    /** Options for the JVM, separated by spaces. */
    private static final String JAVA_OPTIONS = "COMFYEE_JAVA_OPTIONS";

    private final Path directory;
    private final String program;
    private final List<String> options;
    private final Path logging;
    private final Member broker;
    private final List<Member> frontEnds = new ArrayList<>();
    private final List<Member> workers = new ArrayList<>();
    private final List<Path> workerLogs = new ArrayList<>();
    /** All that were started, also those of which it is not known yet whether they get ready. */
    private final List<Process> processes = new ArrayList<>();

    /** A process of the cluster. */
    record Member(Process process, URI url, Path log) {}

    SoakCluster(Path directory) throws IOException, InterruptedException {
        this.directory = directory;
        program = System.getProperty("comfyee.program");
        var uri = "--distributed-queue-connection-uri=amqp://soak:soak@127.0.0.1:" + FreePort.find();
        int gridPort = FreePort.find();
        options = List.of(uri, "--cluster-name=soak-" + gridPort, "--cluster-port=" + gridPort);
        logging = logging();
        NodeJar.writeSleepNode(directory);
        Files.deleteIfExists(begun());
        broker = start(List.of("--broker", uri), URI.create("amqp://127.0.0.1"));
        try {
            await(broker);
        } catch (IOException | InterruptedException e) {
            close();
            throw e;
        }
    }

    /** The usual configuration of the log, which beyond that is to tell whose turn it is. */
    private static Path logging() throws IOException {
        var file = Files.createTempFile("comfyee-soak", ".properties");
        file.toFile().deleteOnExit();
        return Files.writeString(file, Files.readString(Path.of(System.getProperty("java.util.logging.config.file")))
                + "java.util.logging.ConsoleHandler.level=FINE\norg.comfyee.cluster.ledger.Scheduler.level=FINE\n");
    }

    private Member start(List<String> more, URI url) throws IOException {
        var command = new ArrayList<>(List.of("bash", program, "--cwd=" + directory));
        command.addAll(more);
        var log = directory.resolve("soak-" + processes.size() + ".log");
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().merge(JAVA_OPTIONS, "-Djava.util.logging.config.file=" + logging, (own, ours) -> own + " " + ours);
        var process = builder.start();
        processes.add(process);
        return new Member(process, url, log);
    }

    private Member startFrontEnd() throws IOException {
        return startWithPort("--port", "--distributed-queue-frontend");
    }

    private Member startWorker() throws IOException {
        var worker = startWithPort("--health-port", "--distributed-queue-worker");
        workerLogs.add(worker.log());
        return worker;
    }

    private Member startWithPort(String portOption, String role) throws IOException {
        int port = FreePort.find();
        var more = new ArrayList<>(options);
        more.addAll(List.of(role, portOption + "=" + port));
        return start(more, URI.create("http://127.0.0.1:" + port));
    }

    private static void await(Member member) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!Files.readString(member.log()).contains(" is ready")) {
            if (!member.process().isAlive() || System.nanoTime() > end) {
                throw new IOException("a process of the soak did not start, see " + member.log());
            }
            Thread.sleep(100);
        }
    }

    void startAll(int frontEndCount, int workerCount) throws IOException, InterruptedException {
        for (int i = 0; i < frontEndCount; i++) {
            frontEnds.add(startFrontEnd());
        }
        for (var member : frontEnds) {
            await(member);
        }
        addWorkers(workerCount);
    }

    void addWorkers(int count) throws IOException, InterruptedException {
        var fresh = new ArrayList<Member>();
        for (int i = 0; i < count; i++) {
            fresh.add(startWorker());
        }
        for (var member : fresh) {
            await(member);
        }
        workers.addAll(fresh);
    }

    /** A front end, another one for each number. */
    synchronized URI frontEnd(int number) {
        return frontEnds.get(number % frontEnds.size()).url();
    }

    /** Kills workers as if by {@code kill -9}, all at once; others take their places when they are up. */
    void replaceWorkers(Collection<Integer> indices) throws IOException, InterruptedException {
        for (int index : indices) {
            workers.get(index).process().destroyForcibly();
        }
        for (int index : indices) {
            workers.get(index).process().waitFor();
            workers.set(index, startWorker());
        }
        for (int index : indices) {
            await(workers.get(index));
        }
    }

    /** The same with a front end. */
    void replaceFrontEnd(int index) throws IOException, InterruptedException {
        frontEnds.get(index).process().destroyForcibly().waitFor();
        var fresh = startFrontEnd();
        await(fresh);
        synchronized (this) {
            frontEnds.set(index, fresh);
        }
    }

    /** What broker, front ends and workers that run have computed so far. */
    Duration processorTime() {
        var all = new ArrayList<>(workers);
        all.addAll(frontEnds);
        all.add(broker);
        return all.stream().map(member -> member.process().info().totalCpuDuration().orElse(Duration.ZERO)).reduce(Duration.ZERO, Duration::plus);
    }

    int frontEndCount() {
        return frontEnds.size();
    }

    int workerCount() {
        return workers.size();
    }

    /** What all workers, also those that were killed, said of whose turn it was. */
    List<TurnLine> turns() throws IOException {
        var turns = new ArrayList<TurnLine>();
        for (var log : workerLogs) {
            try (var lines = Files.lines(log)) {
                lines.forEach(line -> TurnLine.parse(line).ifPresent(turns::add));
            }
        }
        return turns;
    }

    Path begun() {
        return directory.resolve("output").resolve(SleepNode.BEGUN);
    }

    @Override
    public void close() {
        // The broker is the first that was started, and the last that goes.
        var others = processes.subList(1, processes.size());
        others.forEach(Process::destroy);
        others.forEach(SoakCluster::awaitEnd);
        processes.getFirst().destroy();
        awaitEnd(processes.getFirst());
    }

    private static void awaitEnd(Process process) {
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
