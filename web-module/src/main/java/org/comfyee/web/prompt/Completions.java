package org.comfyee.web.prompt;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.comfyee.cluster.Cluster;
import org.comfyee.cluster.grid.Subscription;
import org.comfyee.workflow.json.Json;

/** Tells when prompts have ended, whichever worker ran them. No thread waits for any of them. */
public final class Completions implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Completions.class.getName());
    /** An event may be lost when a member of the cluster dies; then the next look finds the end. */
    private static final long LOOK_MILLIS = 1_000;

    private final Cluster cluster;
    private final Map<String, CompletableFuture<Optional<Map<String, Object>>>> awaited = new ConcurrentHashMap<>();
    private final Semaphore looks = new Semaphore(0);
    private final Subscription subscription;
    private final Thread looker;

    public Completions(Cluster cluster) {
        this.cluster = cluster;
        subscription = cluster.ledger().onEnd(_ -> looks.release());
        looker = Thread.ofVirtual().name("completions").start(this::lookAgainAndAgain);
    }

    /** The history entry of a prompt once it has ended; empty if it was taken out of the queue. */
    public CompletableFuture<Optional<Map<String, Object>>> await(String promptId) {
        var future = awaited.computeIfAbsent(promptId, _ -> new CompletableFuture<>());
        looks.release();
        return future;
    }

    private void lookAgainAndAgain() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                if (looks.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                    looks.drainPermits();
                }
                lookAtAll();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void lookAtAll() {
        var failures = new ArrayList<RuntimeException>();
        for (var promptId : awaited.keySet()) {
            try {
                look(promptId);
            } catch (RuntimeException e) {
                // Those behind it may have ended.
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            LOG.log(Level.WARNING, "it cannot be seen of " + failures.size() + " prompts whether they have ended: " + failures.getFirst().getMessage());
        }
    }

    private void look(String promptId) {
        boolean finished = cluster.ledger().isFinished(promptId);
        var entry = cluster.history().find(promptId);
        if (finished || entry.isPresent()) {
            awaited.remove(promptId).complete(entry.map(Json::parseObject));
        }
    }

    /** Whoever still waits is told that the server goes down. */
    @Override
    public void close() {
        subscription.close();
        looker.interrupt();
        awaited.values().forEach(future -> future.cancel(false));
    }
}
