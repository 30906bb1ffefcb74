package org.comfyee.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.comfyee.workflow.json.Json;

/** A broker, a front end and a worker in one directory, each of which can be killed and started again. */
final class TestCluster implements AutoCloseable {
    private final Path directory;
    private final List<String> options;
    private final List<RunningServer> workers = new ArrayList<>();
    private TestBroker broker;
    private RunningServer frontEnd;

    private TestCluster(Path directory, TestBroker broker, List<String> options) throws IOException {
        this.directory = directory;
        this.broker = broker;
        this.options = options;
        frontEnd = RunningServer.start("comfyee", directory, TestGrid.with(options, "--distributed-queue-frontend"));
        startWorker();
    }

    /** With a broker of ours. */
    static TestCluster start(Path directory, String... extra) throws IOException, InterruptedException {
        var uri = "amqp://user:secret@127.0.0.1:" + FreePort.find();
        return start(directory, RunningServer.start("comfyee-broker", directory, "--distributed-queue-connection-uri=" + uri), uri, extra);
    }

    /** With a broker that is there, which ends with the cluster. */
    static TestCluster start(Path directory, TestBroker broker, String uri, String... extra) throws IOException, InterruptedException {
        var cluster = new TestCluster(directory, broker, List.of(TestGrid.with(TestGrid.options(uri), extra)));
        try {
            broker.awaitReady();
            cluster.frontEnd.awaitReady();
            cluster.worker().awaitReady();
            return cluster;
        } catch (IllegalStateException e) {
            cluster.close();
            throw e;
        }
    }

    TestBroker broker() {
        return broker;
    }

    RunningServer frontEnd() {
        return frontEnd;
    }

    /** The one that was started last. */
    RunningServer worker() {
        return workers.getLast();
    }

    void startWorker(String... more) throws IOException {
        workers.add(RunningServer.start("comfyee-worker", directory, TestGrid.with(options, more)));
    }

    /** Ids of the workers that are alive. */
    Set<String> workerIds() throws IOException, InterruptedException {
        var ids = new TreeSet<String>();
        ((List<?>) Json.parse(frontEnd.get("/api/v1/workers").body())).forEach(worker -> ids.add((String) Json.object(worker).orElseThrow().get("id")));
        return ids;
    }

    void restartBroker() throws IOException, InterruptedException {
        broker = broker.again().awaitReady();
    }

    void restartFrontEnd() throws IOException, InterruptedException {
        frontEnd = frontEnd.again().awaitReady();
    }

    void killAll() throws InterruptedException {
        // The broker first: it must not see the others go.
        broker.kill();
        for (var worker : workers) {
            worker.kill();
        }
        frontEnd.kill();
    }

    /** Starts broker, front end and one worker again. */
    void restartAll() throws IOException, InterruptedException {
        broker = broker.again();
        frontEnd = frontEnd.again();
        startWorker();
        broker.awaitReady();
        frontEnd.awaitReady();
        worker().awaitReady();
    }

    /** Waits until a worker runs a prompt. */
    void awaitRunning(String promptId) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (System.nanoTime() < end) {
            for (var worker : (List<?>) Json.parse(frontEnd.get("/api/v1/workers").body())) {
                if (promptId.equals(Json.object(worker).orElseThrow().get("current_prompt"))) {
                    return;
                }
            }
            if (frontEnd.history(promptId).isPresent()) {
                throw new IllegalStateException("prompt " + promptId + " ended too early for the test");
            }
            Thread.sleep(20);
        }
        throw new IllegalStateException("prompt " + promptId + " is run by no worker: " + frontEnd.get("/api/v1/workers").body());
    }

    /** How a prompt ended. */
    Object status(String promptId) throws IOException, InterruptedException {
        return Json.object(frontEnd.awaitHistory(promptId).get("status")).orElseThrow().get("status_str");
    }

    /** Waits until a prompt that is tried again has ended so: until then the history tells how it ended before. */
    void awaitStatus(String promptId, String wanted) throws Exception {
        Await.until("the end of " + promptId + " as " + wanted, () -> wanted.equals(status(promptId)));
    }

    /** How often workers, also those that are gone, have recorded a result. */
    int timesRecorded(String promptId) throws IOException, InterruptedException {
        return RunningServer.timesRecorded(workers, promptId);
    }

    @Override
    public void close() {
        workers.forEach(RunningServer::close);
        frontEnd.close();
        broker.close();
    }
}
