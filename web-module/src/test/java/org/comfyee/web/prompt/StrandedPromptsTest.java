package org.comfyee.web.prompt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.comfyee.cluster.ledger.Claim;
import org.comfyee.cluster.ledger.PromptLedger;
import org.comfyee.cluster.ledger.SchedulingRules;
import org.comfyee.cluster.grid.LocalGrid;
import org.comfyee.cluster.queue.PromptRequest;
import org.comfyee.cluster.queue.QueueUnavailableException;
import org.junit.jupiter.api.Test;

/** Prompts of front ends that died before they had sent them. */
class StrandedPromptsTest {
    private final PromptLedger ledger = new PromptLedger(new LocalGrid(UUID.randomUUID().toString()), _ -> true, 3, SchedulingRules.BY_NUMBER);
    private final LinkedBlockingQueue<String> sent = new LinkedBlockingQueue<>();

    private static PromptRequest prompt(String id) {
        return new PromptRequest(id, 0L, Map.of(), Map.of(), List.of("1"), 1);
    }

    @Test
    void whatNobodySendsIsSentOnceAndCanBeRun() throws Exception {
        ledger.enter(prompt("left"));
        ledger.enter(prompt("accepted"));
        ledger.accept(prompt("accepted"));
        try (var _ = new StrandedPrompts(ledger, request -> sent.add(request.promptId()), Duration.ofMillis(50))) {
            assertEquals("left", sent.poll(20, TimeUnit.SECONDS));
            while (!ledger.beingSent().isEmpty()) {
                Thread.sleep(10);
            }
            assertEquals(Claim.RUN, ledger.claim("left", "worker").claim());
            assertNull(sent.poll(200, TimeUnit.MILLISECONDS));
        }
    }

    @Test
    void oneThatCannotBeSentHoldsUpNoOther() throws Exception {
        List.of("bad", "good", "other").forEach(id -> ledger.enter(prompt(id)));
        try (var _ = new StrandedPrompts(ledger, request -> {
            if (request.promptId().equals("bad")) {
                throw new QueueUnavailableException("too large", null);
            }
            sent.add(request.promptId());
        }, Duration.ofMillis(20))) {
            assertEquals(Set.of("good", "other"), Set.of(sent.poll(20, TimeUnit.SECONDS), sent.poll(20, TimeUnit.SECONDS)));
        }
    }

    @Test
    void aBrokerThatCannotBeReachedIsTriedAgain() throws Exception {
        ledger.enter(prompt("left"));
        var failures = new LinkedBlockingQueue<>(List.of(1, 2));
        try (var _ = new StrandedPrompts(ledger, request -> {
            if (failures.poll() != null) {
                throw new QueueUnavailableException("no broker", null);
            }
            sent.add(request.promptId());
        }, Duration.ofMillis(20))) {
            assertEquals("left", sent.poll(20, TimeUnit.SECONDS));
        }
    }
}
