package org.comfyee.cluster.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.comfyee.cluster.grid.GridMap;
import org.comfyee.cluster.grid.LocalGrid;
import org.comfyee.cluster.grid.Subscription;
import org.comfyee.cluster.queue.PromptRequest;
import org.junit.jupiter.api.Test;

/** A member's copy of the ledger when the data grid loses entries, of which nobody is told. */
class PromptIndexTest {
    private static final LedgerEntry PROMPT = LedgerEntry.of(new PromptRequest("p", 5L, Map.of(), Map.of(), List.of("1"), 1), LedgerEntry.State.PENDING);

    private final GridMap shared = new LocalGrid(UUID.randomUUID().toString()).map("prompts");
    /** The same, which tells of no changes. */
    private final GridMap silent = (GridMap) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {GridMap.class},
            (_, method, arguments) -> method.getName().equals("watch") ? (Subscription) () -> {} : method.invoke(shared, arguments));
    private final PromptIndex index = new PromptIndex(silent, SchedulingRules.BY_NUMBER);

    private void enter() {
        shared.put("p", PROMPT.toText());
        index.reload();
        assertEquals(Optional.of("p"), index.next(Set.of(), _ -> true).map(Turns.Waiting::id));
    }

    private void assertGone() {
        assertEquals(Optional.empty(), index.find("p"));
        assertEquals(Optional.empty(), index.next(Set.of(), _ -> true));
    }

    @Test
    void whatWasLostIsKnownAgainWhenItIsEnteredAgain() {
        enter();
        shared.remove("p");
        index.reload();
        assertGone();
        enter();
    }

    @Test
    void whatSomebodyLookedForInVainIsKnownAgainWhenItIsEnteredAgain() {
        enter();
        shared.remove("p");
        index.learn("p", Optional.of(PROMPT), Optional.empty());
        index.learn("p", index.find("p"), Optional.empty());
        assertGone();
        enter();
    }

    @Test
    void lateNewsOfWhatHasEndedAreNoNews() {
        enter();
        index.remove("p", Optional.of(PROMPT));
        index.put("p", PROMPT);
        assertGone();
    }
}
