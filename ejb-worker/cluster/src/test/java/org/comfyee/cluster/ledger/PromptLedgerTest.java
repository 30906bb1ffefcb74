package org.comfyee.cluster.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.comfyee.cluster.grid.ForgetfulGrid;
import org.comfyee.cluster.grid.Grid;
import org.comfyee.cluster.grid.GridMap;
import org.comfyee.cluster.grid.LocalGrid;
import org.comfyee.cluster.ledger.PromptLedger.Outcome;
import org.comfyee.cluster.queue.PromptRequest;
import org.junit.jupiter.api.Test;

class PromptLedgerTest {
    private final Set<String> alive = new HashSet<>(Set.of("first", "second"));
    private final PromptLedger ledger = new PromptLedger(new LocalGrid(UUID.randomUUID().toString()), alive::contains, 3, SchedulingRules.BY_NUMBER);
    private final PromptRequest prompt = new PromptRequest("p", 0L, Map.of(), Map.of(), List.of("1"), 1);

    private void submit() {
        ledger.enter(prompt);
        ledger.accept(prompt);
    }

    @Test
    void aPromptThatWasGivenToAnotherIsEndedByTheOther() {
        submit();
        assertEquals(Claim.RUN, ledger.claim("p", "first").claim());
        assertEquals(Claim.BUSY_ELSEWHERE, ledger.claim("p", "second").claim());
        alive.remove("first");
        assertEquals(Claim.RUN, ledger.claim("p", "second").claim());
        alive.add("first");

        assertFalse(ledger.claimEnd(prompt, "first"));
        assertTrue(ledger.claimEnd(prompt, "second"));
        ledger.finish(prompt, Outcome.FINISHED);
        assertFalse(ledger.claimEnd(prompt, "second"), "ended already");
    }

    @Test
    void theQueueIsReadAtOnceHoweverLong() {
        var local = new LocalGrid(UUID.randomUUID().toString());
        var reads = new ArrayList<String>();
        var grid = proxy(Grid.class, (_, method, arguments) -> {
            var answer = method.invoke(local, arguments);
            return !(answer instanceof GridMap map && arguments[0].equals(MapNames.REQUESTS)) ? answer : proxy(GridMap.class, (_, read, keys) -> {
                reads.add(read.getName());
                return read.invoke(map, keys);
            });
        });
        var queue = new PromptLedger(grid, alive::contains, 3, SchedulingRules.BY_NUMBER);
        for (long number : List.of(2L, 0L, 1L)) {
            var request = new PromptRequest("p" + number, number, Map.of(), Map.of(), List.of("1"), number);
            queue.enter(request);
            queue.accept(request);
        }
        reads.clear();
        assertEquals(List.of("p0", "p1", "p2"), queue.pending().stream().map(PromptRequest::promptId).toList());
        assertEquals(List.of("recallAll"), reads);
        queue.close();
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    @Test
    void whoHasRunAPromptMayEndItInPlaceOfOneThatDied() {
        submit();
        alive.remove("first");
        ledger.claim("p", "first");
        ledger.claim("p", "second");
        alive.add("first");
        alive.remove("second");
        assertTrue(ledger.claimEnd(prompt, "first"));
    }

    @Test
    void aPromptThatWasGivenBackAndTakenBackHasNoEnd() {
        submit();
        ledger.claim("p", "first");
        ledger.giveBack(prompt, "first", false);
        assertTrue(ledger.cancel("p"));
        assertFalse(ledger.claimEnd(prompt, "first"));
    }

    @Test
    void oneOfTwoThatEndAPromptAtOnceRecordsIt() throws Exception {
        submit();
        ledger.claim("p", "first");
        ledger.giveBack(prompt, "first", false);
        try (var threads = Executors.newFixedThreadPool(2)) {
            Callable<Boolean> one = () -> ledger.claimEnd(prompt, "first");
            Callable<Boolean> other = () -> ledger.claimEnd(prompt, "second");
            long count = threads.invokeAll(List.of(one, other)).stream().filter(Future::resultNow).count();
            assertEquals(1, count);
        }
    }

    @Test
    void theCountOfPromptsGoesOnWhenTheDataGridHasLostIt() {
        var grid = new LocalGrid(UUID.randomUUID().toString());
        try (var counting = new PromptLedger(grid, alive::contains, 3, SchedulingRules.BY_NUMBER)) {
            assertEquals(0, counting.nextNumber());
            counting.enter(new PromptRequest("a", 41L, Map.of(), Map.of(), List.of("1"), 1));
            counting.enter(new PromptRequest("front", -7L, Map.of(), Map.of(), List.of("1"), 1));
            grid.map("comfyee.counters").remove("number");
            assertEquals(42, counting.nextNumber());
            assertEquals(43, counting.nextNumber());
        }
    }

    /** Clients put the highest number on top. */
    @Test
    void theCountOfPromptsGoesOnAfterWhatIsInTheHistory() {
        var grid = new LocalGrid(UUID.randomUUID().toString());
        var history = new History(grid);
        grid.put(List.of(history.entry("a", "{\"prompt\": [7, \"a\", {}, {}, []]}"), history.entry("b", "{\"prompt\": [-30, \"b\", {}, {}, []]}"),
                history.entry("c", "{\"prompt\": [99.5, \"c\", {}, {}, []]}")));
        try (var counting = new PromptLedger(grid, alive::contains, 3, SchedulingRules.BY_NUMBER)) {
            assertEquals(31, counting.nextNumber());
        }
    }

    @Test
    void whatTheDataGridLosesKeepsItsTurn() {
        var grid = new ForgetfulGrid();
        try (var losing = new PromptLedger(grid, alive::contains, 3, SchedulingRules.BY_NUMBER)) {
            losing.enter(prompt);
            losing.accept(prompt);
            grid.lose("comfyee.prompts", "p");
            assertEquals(Claim.RUN, losing.claim("p", "first").claim());
            grid.lose("comfyee.prompts", "p");
            assertEquals(Claim.BUSY_ELSEWHERE, losing.claim("p", "second").claim());
            assertTrue(losing.claimEnd(prompt, "first"));
        }
    }

    @Test
    void aPromptThatTheDataGridLosesWhileItIsSentRunsOnceTheBrokerHasIt() {
        var grid = new ForgetfulGrid();
        try (var losing = new PromptLedger(grid, alive::contains, 3, SchedulingRules.BY_NUMBER)) {
            losing.enter(prompt);
            grid.lose("comfyee.prompts", "p");
            losing.accept(prompt);
            assertEquals(Claim.RUN, losing.claim("p", "first").claim());
        }
    }

    @Test
    void aPromptThatTheDataGridLosesCanBeTakenBack() {
        var grid = new ForgetfulGrid();
        try (var losing = new PromptLedger(grid, alive::contains, 3, SchedulingRules.BY_NUMBER)) {
            losing.enter(prompt);
            losing.accept(prompt);
            grid.lose("comfyee.prompts", "p");
            assertTrue(losing.cancel("p"));
            assertEquals(Claim.DROP, losing.claim("p", "first").claim());
        }
    }
}
