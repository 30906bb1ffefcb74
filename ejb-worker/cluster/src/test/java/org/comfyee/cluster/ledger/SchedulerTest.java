package org.comfyee.cluster.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.comfyee.cluster.Cluster;
import org.comfyee.cluster.grid.LocalGrid;
import org.comfyee.cluster.ledger.PromptLedger.Outcome;
import org.comfyee.cluster.queue.PromptRequest;
import org.comfyee.cluster.worker.WorkerInfo;
import org.junit.jupiter.api.Test;

class SchedulerTest {
    private static final SchedulingRules FAIR = new SchedulingRules(true, false);
    private static final SchedulingRules MODELS = new SchedulingRules(false, true);
    private static final SchedulingRules BOTH = new SchedulingRules(true, true);
    private static final int ATTEMPTS = 3;

    private final LocalGrid grid = new LocalGrid(UUID.randomUUID().toString());
    private final AtomicInteger made = new AtomicInteger();

    private record Worker(String id, Set<String> models) implements Scheduler.Applicant {
        Worker(String id) {
            this(id, Set.of());
        }
    }

    private Cluster cluster(SchedulingRules rules) {
        return new Cluster(grid, ATTEMPTS, rules);
    }

    private PromptRequest request(Number number, String client, String... models) {
        var inputs = new LinkedHashMap<String, Object>();
        for (int i = 0; i < models.length; i++) {
            inputs.put("model_" + i, "folder/" + models[i] + ".safetensors");
        }
        int count = made.getAndIncrement();
        return new PromptRequest("p" + count, number, Map.of("1", Map.of("class_type", "X", "inputs", inputs)), Map.of("client_id", client), List.of("1"), count);
    }

    private PromptRequest submit(Cluster cluster, Number number, String client, String... models) {
        var request = request(number, client, models);
        cluster.ledger().enter(request);
        cluster.ledger().accept(request);
        return request;
    }

    /** Takes and ends all that waits, as one worker does; the prompts' clients with their numbers. */
    private static List<String> runAll(Cluster cluster, Worker worker) throws InterruptedException {
        var order = new ArrayList<String>();
        while (cluster.ledger().remaining() > 0) {
            var turn = cluster.scheduler().next(worker, () -> false).orElseThrow();
            var request = cluster.ledger().request(turn.promptId()).orElseThrow();
            order.add(request.clientId().orElse("") + request.number());
            cluster.ledger().finish(request, Outcome.FINISHED);
        }
        return order;
    }

    @Test
    void withoutFurtherRulesNumbersDecideAmongAll() throws Exception {
        var cluster = cluster(SchedulingRules.BY_NUMBER);
        submit(cluster, 0L, "a");
        submit(cluster, 1L, "b");
        submit(cluster, 2L, "a");
        submit(cluster, -3L, "b");
        submit(cluster, 0.5, "c");
        submit(cluster, -4L, "a");
        assertEquals(List.of("a-4", "b-3", "a0", "c0.5", "b1", "a2"), runAll(cluster, new Worker("w")));
    }

    @Test
    void manyPromptsOfOneClientDoNotStarveAnothersOne() throws Exception {
        var cluster = cluster(FAIR);
        for (long number = 0; number < 500; number++) {
            submit(cluster, number, "many");
        }
        var worker = new Worker("w");
        for (int i = 0; i < 100; i++) {
            var turn = cluster.scheduler().next(worker, () -> false).orElseThrow();
            cluster.ledger().finish(cluster.ledger().request(turn.promptId()).orElseThrow(), Outcome.FINISHED);
        }
        submit(cluster, 500L, "one");
        submit(cluster, 501L, "two");
        submit(cluster, 502L, "two");
        assertEquals(List.of("one500", "two501", "many100", "two502", "many101", "many102"), runAll(cluster, worker).subList(0, 6));
    }

    @Test
    void whatIsPutInFrontGoesBeforeAllClientsTurns() throws Exception {
        var cluster = cluster(BOTH);
        submit(cluster, 0L, "a", "held");
        submit(cluster, 1L, "b");
        submit(cluster, -2L, "b", "other");
        submit(cluster, -3L, "b", "other");
        assertEquals(List.of("b-3", "b-2", "a0", "b1"), runAll(cluster, new Worker("w", Set.of("held.safetensors"))));
    }

    @Test
    void aWorkerPrefersPromptsWhoseModelsItHoldsAndStillRunsTheOthers() throws Exception {
        var cluster = cluster(MODELS);
        submit(cluster, 0L, "a", "other");
        for (long number = 1; number < 10; number++) {
            submit(cluster, number, "b", "held");
        }
        var order = runAll(cluster, new Worker("w", Set.of("held.safetensors")));
        assertEquals("b1", order.getFirst());
        assertEquals(Turns.MOST_PASSES, order.indexOf("a0"));
    }

    @Test
    void aPromptIsLeftToAnIdleWorkerThatHoldsItsModelButNotForEver() throws Exception {
        var cluster = cluster(MODELS);
        var without = new Worker("without");
        var with = new Worker("with", Set.of("m.safetensors"));
        cluster.workers().heartbeat(info(without));
        cluster.workers().heartbeat(info(with));
        var first = submit(cluster, 0L, "a", "m");
        var waiting = CompletableFuture.supplyAsync(() -> next(cluster, without));
        assertEquals(first.promptId(), next(cluster, with));
        var second = submit(cluster, 1L, "a", "m");
        // Its holder is busy, so that nothing is gained by waiting for it.
        assertEquals(second.promptId(), waiting.get(20, TimeUnit.SECONDS));
        cluster.ledger().finish(first, Outcome.FINISHED);
        var third = submit(cluster, 2L, "a", "m");
        assertEquals(third.promptId(), next(cluster, without));
    }

    private static String next(Cluster cluster, Worker worker) {
        try {
            return cluster.scheduler().next(worker, () -> false).orElseThrow().promptId();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static WorkerInfo info(Worker worker) {
        return new WorkerInfo(worker.id(), "host", "", List.of("cpu"), 1, 1, List.copyOf(worker.models()), "", "", 0, false);
    }

    @Test
    void whatTheBrokerHasNotStoredIsNotRun() throws Exception {
        var cluster = cluster(SchedulingRules.BY_NUMBER);
        var early = request(0L, "a");
        cluster.ledger().enter(early);
        var later = submit(cluster, 1L, "a");
        assertEquals(later.promptId(), next(cluster, new Worker("w")));
        assertEquals(List.of(early.promptId()), cluster.ledger().pendingIds());
        cluster.ledger().arrived(early);
        assertEquals(early.promptId(), next(cluster, new Worker("w")));
    }

    @Test
    void aPausedQueueOrWorkerTakesNothingUntilItIsResumed() throws Exception {
        var cluster = cluster(SchedulingRules.BY_NUMBER);
        submit(cluster, 0L, "a");
        submit(cluster, 1L, "a");
        cluster.controls().pauseQueue(true);
        cluster.controls().pauseWorker("held", true);
        var free = CompletableFuture.supplyAsync(() -> next(cluster, new Worker("free")));
        var held = CompletableFuture.supplyAsync(() -> next(cluster, new Worker("held")));
        Thread.sleep(50);
        assertEquals(2, cluster.ledger().pendingIds().size());
        // Another member of the cluster resumes it.
        cluster(SchedulingRules.BY_NUMBER).controls().pauseQueue(false);
        assertEquals("p0", free.get(20, TimeUnit.SECONDS));
        Thread.sleep(50);
        assertTrue(!held.isDone());
        cluster.controls().pauseWorker("held", false);
        assertEquals("p1", held.get(20, TimeUnit.SECONDS));
    }

    @Test
    void aPromptWhoseWorkerIsGoneRunsElsewhereAndEndsAfterSomeAttempts() throws Exception {
        var cluster = cluster(SchedulingRules.BY_NUMBER);
        var request = submit(cluster, 0L, "a");
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            assertEquals(Claim.RUN, cluster(SchedulingRules.BY_NUMBER).ledger().claim(request.promptId(), "died" + attempt).claim());
        }
        var turn = cluster.scheduler().next(new Worker("w"), () -> false).orElseThrow();
        assertEquals(new Scheduler.Turn(request.promptId(), Claim.EXHAUSTED, Optional.of(request)), turn);
        cluster.ledger().finish(request, Outcome.EXHAUSTED);
        assertEquals(Optional.of(Outcome.EXHAUSTED), cluster.ledger().arrived(request));
    }

    @Test
    void aPromptThatIsGivenBackUncountedMayBeTriedAsOftenAsBefore() throws Exception {
        var cluster = cluster(SchedulingRules.BY_NUMBER);
        var request = submit(cluster, 0L, "a");
        for (int i = 0; i < 2 * ATTEMPTS; i++) {
            var turn = cluster.scheduler().next(new Worker("w"), () -> false).orElseThrow();
            assertEquals(Claim.RUN, turn.claim());
            cluster.ledger().giveBack(request, "w", false);
        }
    }

    @Test
    void whoeverLeavesIsNotKeptWaiting() throws Exception {
        assertEquals(Optional.empty(), cluster(BOTH).scheduler().next(new Worker("w"), () -> true));
    }

    /** Several members with copies of their own, several workers each: every prompt runs once, and each client's in order. */
    @Test
    void underAllRulesEachPromptRunsOnceAndAClientsPromptsBeginInOrder() throws Exception {
        for (var rules : List.of(SchedulingRules.BY_NUMBER, FAIR, MODELS, BOTH)) {
            var random = new Random(7);
            var submitter = cluster(rules);
            long total = 400;
            for (long number = 0; number < total; number++) {
                submit(submitter, random.nextInt(10) == 0 ? -number : number, "client" + random.nextInt(5), "model" + random.nextInt(3));
            }
            var expected = new HashMap<String, List<String>>();
            submitter.ledger().pending().forEach(request ->
                    expected.computeIfAbsent(request.clientId().orElseThrow(), _ -> new ArrayList<>()).add(request.promptId()));
            var begun = new ConcurrentHashMap<String, List<String>>();
            var left = new AtomicInteger((int) total);
            var threads = new ArrayList<Thread>();
            var start = new Object();
            for (int member = 0; member < 2; member++) {
                var cluster = cluster(rules);
                for (int i = 0; i < 2; i++) {
                    var worker = new Worker("w" + member + i, Set.of("model" + i + ".safetensors"));
                    submitter.workers().heartbeat(info(new Worker(worker.id())));
                    threads.add(Thread.startVirtualThread(() -> work(cluster, worker, start, begun, left)));
                }
            }
            for (var thread : threads) {
                thread.join();
            }
            assertEquals(expected, begun);
        }
    }

    private static void work(Cluster cluster, Worker worker, Object start, Map<String, List<String>> begun, AtomicInteger left) {
        try {
            while (left.get() > 0) {
                PromptRequest request;
                // Where two begin at the same moment, neither is the first.
                synchronized (start) {
                    var turn = cluster.scheduler().next(worker, () -> left.get() == 0);
                    if (turn.isEmpty()) {
                        return;
                    }
                    left.decrementAndGet();
                    request = cluster.ledger().request(turn.get().promptId()).orElseThrow();
                    begun.computeIfAbsent(request.clientId().orElseThrow(), _ -> new ArrayList<>()).add(request.promptId());
                }
                cluster.ledger().finish(request, Outcome.FINISHED);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void manyWorkersThatAskAtOnceGetEachPromptOnce() throws Exception {
        var cluster = cluster(BOTH);
        for (long number = 0; number < 200; number++) {
            submit(cluster, number, "c" + number % 3);
        }
        var taken = ConcurrentHashMap.<String>newKeySet();
        var twice = ConcurrentHashMap.<String>newKeySet();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 8; i++) {
            var worker = new Worker("w" + i);
            cluster.workers().heartbeat(info(worker));
            threads.add(Thread.startVirtualThread(() -> {
                try {
                    while (cluster.ledger().remaining() > 0) {
                        cluster.scheduler().next(worker, () -> cluster.ledger().remaining() == 0).ifPresent(turn -> {
                            if (!taken.add(turn.promptId())) {
                                twice.add(turn.promptId());
                            }
                            cluster.ledger().finish(cluster.ledger().request(turn.promptId()).orElseThrow(), Outcome.FINISHED);
                        });
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
        }
        for (var thread : threads) {
            thread.join();
        }
        assertEquals(Set.of(), new HashSet<>(twice));
        assertEquals(200, taken.size());
    }
}
