package org.comfyee.web.prompt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.comfyee.cluster.Cluster;
import org.comfyee.cluster.grid.LocalGrid;
import org.comfyee.cluster.ledger.PromptLedger;
import org.comfyee.cluster.ledger.SchedulingRules;
import org.comfyee.cluster.queue.PromptRequest;
import org.junit.jupiter.api.Test;

class CompletionsTest {
    private final Cluster cluster = new Cluster(new LocalGrid(UUID.randomUUID().toString()), 3, SchedulingRules.BY_NUMBER);
    /** Grids of one process share their maps, so each test has a prompt of its own. */
    private final String id = UUID.randomUUID().toString();
    private final PromptRequest request = new PromptRequest(id, 0L, Map.of(), Map.of(), List.of("1"), 0);

    @Test
    void whoWaitsGetsTheHistoryEntry() throws Exception {
        try (var completions = new Completions(cluster)) {
            cluster.ledger().enter(request);
            var end = completions.await(id);
            assertFalse(end.isDone());
            cluster.recordEnd(request, PromptLedger.Outcome.FINISHED, "{\"outputs\": {}}");
            cluster.publishStatus();
            assertEquals(Optional.of(Map.of("outputs", Map.of())), end.get(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void anEndOfWhichNobodyTellsIsFoundAllTheSame() throws Exception {
        try (var completions = new Completions(cluster)) {
            cluster.ledger().enter(request);
            var end = completions.await(id);
            cluster.recordEnd(request, PromptLedger.Outcome.FINISHED, "{}");
            assertEquals(Optional.of(Map.of()), end.get(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void aCancelledPromptHasNoEntry() throws Exception {
        try (var completions = new Completions(cluster)) {
            cluster.ledger().enter(request);
            var end = completions.await(id);
            cluster.cancel(Optional.of(List.of(id)));
            assertEquals(Optional.empty(), end.get(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void oneThatCannotBeReadHoldsUpNoOther() throws Exception {
        try (var completions = new Completions(cluster)) {
            var ids = IntStream.range(0, 4).mapToObj(i -> id + i).toList();
            ids.forEach(each -> {
                var prompt = new PromptRequest(each, 0L, Map.of(), Map.of(), List.of("1"), 0);
                cluster.ledger().enter(prompt);
                cluster.recordEnd(prompt, PromptLedger.Outcome.FINISHED, each.equals(ids.get(1)) ? "no JSON" : "{}");
            });
            var ends = ids.stream().map(completions::await).toList();
            for (int i : List.of(0, 2, 3)) {
                assertEquals(Optional.of(Map.of()), ends.get(i).get(20, TimeUnit.SECONDS));
            }
        }
    }

    @Test
    void aServerThatStopsLetsNobodyWait() {
        var completions = new Completions(cluster);
        cluster.ledger().enter(request);
        var end = completions.await(id);
        completions.close();
        assertThrows(CancellationException.class, end::join);
    }
}
