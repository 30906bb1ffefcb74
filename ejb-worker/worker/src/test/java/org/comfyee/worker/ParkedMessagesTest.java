package org.comfyee.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.jms.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.comfyee.cluster.grid.Grid;
import org.comfyee.cluster.grid.GridMap;
import org.comfyee.cluster.grid.LocalGrid;
import org.comfyee.cluster.ledger.Claim;
import org.comfyee.cluster.ledger.MapNames;
import org.comfyee.cluster.ledger.PromptLedger;
import org.comfyee.cluster.ledger.PromptLedger.Outcome;
import org.comfyee.cluster.ledger.SchedulingRules;
import org.comfyee.cluster.queue.PromptRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ParkedMessagesTest {
    private static final long PATIENCE_SECONDS = 30;
    private static final int ACCEPTED = 1;
    private static final int REJECTED = 2;

    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicInteger settled = new AtomicInteger();
    private final LocalGrid local = new LocalGrid(UUID.randomUUID().toString());
    private final Set<Thread> asking = ConcurrentHashMap.newKeySet();
    private final Grid grid = (Grid) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Grid.class}, (_, method, arguments) -> {
        if (method.getName().equals("settle")) {
            return settle();
        }
        var answer = method.invoke(local, arguments);
        return answer instanceof GridMap map && arguments[0].equals(MapNames.FINISHED) ? watched(map) : answer;
    });
    private final PromptLedger ledger = new PromptLedger(grid, _ -> true, 3, SchedulingRules.BY_NUMBER);
    private final Set<String> running = new HashSet<>();
    private final ParkedMessages messages = new ParkedMessages(ledger, running::contains, () -> true);
    private final PromptRequest prompt = new PromptRequest("p", 0L, Map.of(), Map.of(), List.of("1"), 1);
    /** How messages were acknowledged. */
    private final BlockingQueue<Integer> acknowledged = new LinkedBlockingQueue<>();

    private Object settle() {
        if (failures.getAndDecrement() > 0) {
            throw new UncheckedIOException(new IOException("no space"));
        }
        settled.incrementAndGet();
        return null;
    }

    private GridMap watched(GridMap map) {
        return (GridMap) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {GridMap.class}, (_, method, arguments) -> {
            if (method.getName().equals("get")) {
                asking.add(Thread.currentThread());
            }
            return method.invoke(map, arguments);
        });
    }

    private Message message() {
        var how = new int[1];
        return (Message) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Message.class}, (_, method, arguments) -> {
            switch (method.getName()) {
                case "setIntProperty" -> how[0] = (Integer) arguments[1];
                case "acknowledge" -> acknowledged.add(how[0]);
                default -> throw new UnsupportedOperationException(method.getName());
            }
            return null;
        });
    }

    private void assertAcknowledged(int how) throws InterruptedException {
        assertEquals(how, acknowledged.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
        assertTrue(settled.get() > 0, "acknowledged before the end was safe");
        assertTrue(acknowledged.isEmpty());
    }

    @AfterEach
    void close() {
        messages.close();
        ledger.close();
    }

    @Test
    void aMessageIsAcknowledgedOnceItsPromptHasEnded() throws InterruptedException {
        messages.park(prompt, message());
        assertEquals(Claim.RUN, ledger.claim("p", "elsewhere").claim());
        assertTrue(acknowledged.isEmpty());
        ledger.finish(prompt, Outcome.FINISHED);
        assertAcknowledged(ACCEPTED);
        assertEquals(Optional.empty(), messages.request("p"));
    }

    @Test
    void whoTellsOfAnEndNeedNotWaitForTheGrid() throws InterruptedException {
        messages.park(prompt, message());
        asking.clear();
        ledger.finish(prompt, Outcome.FINISHED);
        assertAcknowledged(ACCEPTED);
        assertEquals(1, asking.size());
        assertFalse(asking.contains(Thread.currentThread()));
    }

    @Test
    void theMessageOfAPromptThatNoWorkerSurvivesGoesToTheDeadLetters() throws InterruptedException {
        messages.park(prompt, message());
        ledger.finish(prompt, Outcome.EXHAUSTED);
        assertAcknowledged(REJECTED);
    }

    @Test
    void whatRunsHereIsAcknowledgedWhenAllIsDone() throws InterruptedException {
        messages.park(prompt, message());
        running.add("p");
        ledger.finish(prompt, Outcome.FINISHED);
        assertTrue(acknowledged.isEmpty());
        messages.settle("p");
        assertAcknowledged(ACCEPTED);
    }

    @Test
    void theMessageOfAPromptThatCouldNotBeSentIsDropped() throws InterruptedException {
        ledger.enter(prompt);
        ledger.withdraw("p");
        messages.park(prompt, message());
        assertAcknowledged(ACCEPTED);
        assertEquals(List.of(), ledger.pendingIds());
    }

    @Test
    void aMessageStaysInTheBrokerWhileTheEndOfItsPromptIsNotOnDisk() throws InterruptedException {
        messages.park(prompt, message());
        failures.set(1);
        ledger.finish(prompt, Outcome.FINISHED);
        assertAcknowledged(ACCEPTED);
        assertEquals(-1, failures.get());
    }

    @Test
    void whatHasEndedIsStillAcknowledgedWhenTheWorkerGoes() {
        messages.park(prompt, message());
        ledger.finish(prompt, Outcome.FINISHED);
        messages.close();
        assertEquals(List.of(ACCEPTED), List.copyOf(acknowledged));
    }

    @Test
    void aPromptThatIsStruckOutWhileItsMessageComesIsEnteredAgain() throws InterruptedException {
        messages.park(prompt, message());
        ledger.setAside("p");
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS); ledger.pendingIds().isEmpty() && System.nanoTime() < end;) {
            Thread.onSpinWait();
        }
        assertEquals(List.of("p"), ledger.pendingIds());
        assertEquals(Claim.RUN, ledger.claim("p", "worker").claim());
        assertTrue(acknowledged.isEmpty());
    }
}
