package org.comfyee.cluster.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.comfyee.cluster.grid.LocalGrid;
import org.comfyee.cluster.ledger.PromptLedger.Outcome;
import org.comfyee.cluster.queue.PromptRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A ledger of a cluster that was restarted, of which the requests came back from disk. */
class RecalledPromptsTest {
    private final LocalGrid grid = new LocalGrid(UUID.randomUUID().toString());
    private final PromptRequest first = request("first", 1);
    private final PromptRequest second = request("second", 2);
    private final AtomicLong clock = new AtomicLong();
    private final PromptLedger ledger = restarted();
    private final RecalledPrompts recalled = new RecalledPrompts(ledger, clock::get);

    private static PromptRequest request(String id, long number) {
        return new PromptRequest(id, number, Map.of(), Map.of(), List.of("1"), 1);
    }

    private PromptLedger restarted() {
        for (var request : List.of(second, first)) {
            grid.map(MapNames.REQUESTS).put(request.promptId(), request.toText());
        }
        return new PromptLedger(grid, _ -> true, 3, SchedulingRules.BY_NUMBER);
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private Optional<String> next() {
        return ledger.index().next(Set.of(), _ -> true).map(Turns.Waiting::id);
    }

    @Test
    void theyAreListedInTheirOrderAndRunWhenTheBrokerGivesThemOut() {
        assertEquals(List.of(first, second), ledger.pending());
        assertEquals(Optional.empty(), next());
        assertEquals(Optional.empty(), ledger.arrived(second));
        assertEquals(Optional.of("second"), next());
        assertEquals(Claim.RUN, ledger.claim("second", "worker").claim());
        assertEquals(List.of(first), ledger.pending());
        assertEquals(3, ledger.nextNumber());
    }

    @Test
    void thoseThatEndedOrAreTakenBackAreNotRun() {
        ledger.finish(first, Outcome.FINISHED);
        assertTrue(ledger.cancel("second"));
        assertEquals(Optional.of(Outcome.FINISHED), ledger.arrived(first));
        assertEquals(Optional.of(Outcome.CANCELLED), ledger.arrived(second));
        try (var again = restarted()) {
            assertEquals(List.of(), again.pending());
            assertEquals(0, grid.map(MapNames.REQUESTS).size());
        }
    }

    @Test
    void whatALookIntoTheBrokerFindsMayRun() {
        assertTrue(ledger.knowsNoneForSure());
        ledger.restore(second);
        assertFalse(ledger.knowsNoneForSure());
        assertEquals(Optional.of("second"), next());
    }

    @Test
    void thoseThatTheBrokerDoesNotHaveAreStruckOut() {
        ledger.arrived(first);
        assertEquals(List.of(), recalled.look(RecalledPrompts.SILENCE), "others may just be telling what they hold");
        clock.addAndGet(RecalledPrompts.SILENCE.toNanos());
        assertEquals(List.of(), recalled.look(Duration.ZERO), "the broker still gives messages out");
        assertEquals(List.of("second"), recalled.look(RecalledPrompts.SILENCE));
        assertEquals(List.of(first), ledger.pending());
        assertEquals(1, grid.map(MapNames.REQUESTS).size());

        ledger.arrived(second);
        assertEquals(List.of(first, second), ledger.pending(), "the broker had it after all");
    }

    @Test
    void whatTheDataGridHasLostAndGetsBackFromDiskIsRecalledToo() {
        ledger.arrived(first);
        var third = request("third", 3);
        grid.map(MapNames.REQUESTS).put("third", third.toText());
        ledger.reconcile();
        assertEquals(List.of("second", "third"), ledger.recalledIds());
        assertEquals(List.of(first, second, third), ledger.pending());
        assertEquals(Optional.of("first"), next());
    }
}
