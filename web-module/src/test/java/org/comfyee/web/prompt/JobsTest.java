package org.comfyee.web.prompt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.comfyee.cluster.Cluster;
import org.comfyee.cluster.grid.LocalGrid;
import org.comfyee.cluster.ledger.PromptLedger;
import org.comfyee.cluster.ledger.SchedulingRules;
import org.comfyee.cluster.queue.PromptRequest;
import org.junit.jupiter.api.Test;

class JobsTest {
    private final Cluster cluster = new Cluster(new LocalGrid(UUID.randomUUID().toString()), 3, SchedulingRules.BY_NUMBER);
    private final Jobs jobs = new Jobs(cluster);
    /** Grids of one process share their maps, so each test has a prompt of its own. */
    private final String id = UUID.randomUUID().toString();

    private Map<String, Object> ended(String status, String lastMessage) {
        cluster.recordEnd(new PromptRequest(id, 7L, Map.of(), Map.of(), List.of("1"), 900), PromptLedger.Outcome.FINISHED, """
                {"prompt": [7, "%s", {"1": {}}, {"extra_pnginfo": {"workflow": {"id": "w"}}}, ["1"]],
                 "outputs": {"1": {"images": [{"filename": "a.png", "type": "temp"}, {"filename": "b.png", "type": "output"}], "animated": [false]}},
                 "status": {"status_str": "%s", "completed": true,
                            "messages": [["execution_start", {"timestamp": 1000}], ["%s", {"timestamp": 1500}]]}}
                """.formatted(id, status, lastMessage));
        return jobs.find(id).orElseThrow();
    }

    @Test
    void anEndedPromptTellsTimesOutputsAndWorkflow() {
        var job = ended("success", "execution_success");
        assertEquals("completed", job.get("status"));
        assertEquals(List.of(7L, 1000L, 1500L, 2, "w"), List.of(job.get("priority"), job.get("execution_start_time"), job.get("execution_end_time"),
                job.get("outputs_count"), job.get("workflow_id")));
        assertEquals(Map.of("filename", "b.png", "type", "output", "nodeId", "1", "mediaType", "images"), job.get("preview_output"));
    }

    @Test
    void anInterruptedPromptIsCancelledAndAnotherErrorAFailure() {
        assertEquals("cancelled", ended("error", "execution_interrupted").get("status"));
        assertEquals("failed", ended("error", "execution_error").get("status"));
    }

    @Test
    void whatIsKnownOfAnEndedPromptGoesWithItAndWithAnotherOfItsId() {
        ended("success", "execution_success");
        var known = jobs.all().getFirst();
        assertEquals("completed", known.get("status"));
        assertSame(known, jobs.all().getFirst());
        ended("error", "execution_interrupted");
        assertEquals(List.of("cancelled"), jobs.all().stream().map(job -> job.get("status")).toList());
        cluster.history().delete(id);
        assertEquals(List.of(), jobs.all());
    }

    /** As one that took every worker down. */
    @Test
    void aPromptThatNeverBeganHasTheTimeOfItsEnd() {
        cluster.recordEnd(new PromptRequest(id, 7L, Map.of(), Map.of(), List.of("1"), 900), PromptLedger.Outcome.EXHAUSTED, """
                {"prompt": [7, "%s", {}, {}, ["1"]], "outputs": {},
                 "status": {"status_str": "error", "completed": false, "messages": [["execution_error", {"timestamp": 1700}]]}}""".formatted(id));
        assertEquals(1700L, jobs.find(id).orElseThrow().get("create_time"));
    }

    @Test
    void aWaitingPromptIsPendingUntilAWorkerTakesIt() {
        var request = new PromptRequest(id, 3L, Map.of(), Map.of(), List.of("1"), 900);
        cluster.ledger().enter(request);
        assertEquals("pending", jobs.find(id).orElseThrow().get("status"));
        assertEquals(900L, jobs.find(id).orElseThrow().get("create_time"));
        assertEquals(Map.of("prompt", Map.of(), "extra_data", Map.of()), jobs.find(id).orElseThrow().get("workflow"));
        cluster.ledger().claim(id, "worker");
        assertEquals("in_progress", jobs.find(id).orElseThrow().get("status"));
        cluster.ledger().finish(request, PromptLedger.Outcome.FINISHED);
        assertEquals(Optional.empty(), jobs.find(id));
    }
}
