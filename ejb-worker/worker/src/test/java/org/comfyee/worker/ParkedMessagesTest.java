package org.comfyee.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.jms.Message;
import java.lang.reflect.Proxy;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.comfyee.cluster.grid.LocalGrid;
import org.comfyee.cluster.ledger.Claim;
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

    private final PromptLedger ledger = new PromptLedger(new LocalGrid(UUID.randomUUID().toString()), _ -> true, 3, SchedulingRules.BY_NUMBER);
    private final Set<String> running = new HashSet<>();
    private final ParkedMessages messages = new ParkedMessages(ledger, running::contains, () -> true);
    private final PromptRequest prompt = new PromptRequest("p", 0L, Map.of(), Map.of(), List.of("1"), 1);
    /** How messages were acknowledged. */
    private final BlockingQueue<Integer> acknowledged = new LinkedBlockingQueue<>();

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

    @AfterEach
    void close() {
        messages.close();
        ledger.close();
    }

    @Test
    void aMessageIsAcknowledgedOnceItsPromptHasEnded() {
        messages.park(prompt, message());
        assertEquals(Claim.RUN, ledger.claim("p", "elsewhere"));
        assertTrue(acknowledged.isEmpty());
        ledger.finish(prompt, Outcome.FINISHED);
        assertEquals(List.of(ACCEPTED), List.copyOf(acknowledged));
        assertEquals(Optional.empty(), messages.request("p"));
    }

    @Test
    void theMessageOfAPromptThatNoWorkerSurvivesGoesToTheDeadLetters() {
        messages.park(prompt, message());
        ledger.finish(prompt, Outcome.EXHAUSTED);
        assertEquals(List.of(REJECTED), List.copyOf(acknowledged));
    }

    @Test
    void whatRunsHereIsAcknowledgedWhenAllIsDone() {
        messages.park(prompt, message());
        running.add("p");
        ledger.finish(prompt, Outcome.FINISHED);
        assertTrue(acknowledged.isEmpty());
        messages.settle("p");
        assertEquals(List.of(ACCEPTED), List.copyOf(acknowledged));
    }

    @Test
    void theMessageOfAPromptThatCouldNotBeSentIsDropped() {
        ledger.enter(prompt);
        ledger.withdraw("p");
        messages.park(prompt, message());
        assertEquals(List.of(ACCEPTED), List.copyOf(acknowledged));
        assertEquals(List.of(), ledger.pendingIds());
    }

    @Test
    void aPromptThatIsStruckOutWhileItsMessageComesIsEnteredAgain() throws InterruptedException {
        messages.park(prompt, message());
        ledger.setAside("p");
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS); ledger.pendingIds().isEmpty() && System.nanoTime() < end;) {
            Thread.onSpinWait();
        }
        assertEquals(List.of("p"), ledger.pendingIds());
        assertEquals(Claim.RUN, ledger.claim("p", "worker"));
        assertTrue(acknowledged.isEmpty());
    }
}
