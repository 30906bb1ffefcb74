package org.comfyee.cluster.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.comfyee.cluster.grid.ForgetfulGrid;
import org.comfyee.cluster.grid.GridMap;
import org.comfyee.cluster.queue.PromptRequest;
import org.junit.jupiter.api.Test;

/** A member's copy of the ledger when the data grid loses entries, of which nobody is told. */
class PromptIndexTest {
    private static final LedgerEntry ENTERED = LedgerEntry.of(new PromptRequest("p", 5L, Map.of(), Map.of(), List.of("1"), 1), LedgerEntry.State.ENTERED);
    private static final LedgerEntry PENDING = ENTERED.accepted();

    private final ForgetfulGrid grid = new ForgetfulGrid();
    private final GridMap shared = grid.map("prompts");
    private final Set<String> ended = new HashSet<>();
    private final PromptIndex index = new PromptIndex(shared, ended::contains, SchedulingRules.BY_NUMBER);

    private void lose() {
        grid.lose("prompts", "p");
    }

    private Optional<String> next() {
        return index.next(Set.of(), _ -> true).map(Turns.Waiting::id);
    }

    private void assertKnown(LedgerEntry entry) {
        assertEquals(Optional.of(entry), index.find("p"));
        assertEquals(Optional.of(entry.toText()), shared.get("p"));
    }

    private void assertGone() {
        assertEquals(Optional.empty(), index.find("p"));
        assertEquals(Optional.empty(), next());
    }

    @Test
    void whatTheGridLostComesBackWhenAMemberLooks() {
        shared.put("p", PENDING.toText());
        lose();
        index.reload();
        assertKnown(PENDING);
        assertEquals(Optional.of("p"), next());
    }

    @Test
    void whoAsksForWhatTheGridLostGetsIt() {
        var running = PENDING.runningOn("worker", 1);
        shared.put("p", running.toText());
        lose();
        assertEquals(Optional.of(running), index.read("p"));
        assertKnown(running);
    }

    @Test
    void whatCameBackFromAMemberThatKnewLessIsMended() {
        var running = PENDING.runningOn("worker", 1);
        shared.put("p", running.toText());
        lose();
        shared.put("p", PENDING.toText());
        index.reload();
        assertKnown(running);
    }

    @Test
    void whatHasEndedDoesNotComeBack() {
        shared.put("p", PENDING.toText());
        lose();
        ended.add("p");
        index.reload();
        assertGone();
        assertEquals(Optional.empty(), shared.get("p"));
    }

    @Test
    void whatTheBrokerMayNotHaveIsKnownAgainWhenItIsEnteredAgain() {
        shared.put("p", ENTERED.toText());
        lose();
        index.reload();
        assertGone();
        assertEquals(Optional.empty(), shared.get("p"));
        assertEquals(Optional.empty(), index.read("p"));
        shared.put("p", ENTERED.toText());
        assertKnown(ENTERED);
    }

    @Test
    void lateNewsOfWhatHasEndedAreNoNews() {
        shared.put("p", PENDING.toText());
        index.remove("p", Optional.of(PENDING));
        index.put("p", PENDING);
        assertGone();
    }
}
