package org.comfyee.cluster.ledger;

import java.util.LinkedHashMap;
import org.comfyee.cluster.queue.PromptRequest;
import org.comfyee.workflow.json.Json;

/**
 * A prompt that is not finished.
 *
 * @param worker who runs it; empty if nobody does
 * @param attempts how many workers have begun it
 * @param sinceMillis when it got into this state
 */
record LedgerEntry(State state, PromptRequest request, String worker, int attempts, long sinceMillis) {

    enum State {
        PENDING,
        RUNNING,
        /** Being taken back. */
        CANCELLED
    }

    static LedgerEntry pending(PromptRequest request) {
        return new LedgerEntry(State.PENDING, request, "", 0, System.currentTimeMillis());
    }

    LedgerEntry runningOn(String newWorker, int newAttempts) {
        return new LedgerEntry(State.RUNNING, request, newWorker, newAttempts, System.currentTimeMillis());
    }

    LedgerEntry waitingAgain() {
        return new LedgerEntry(State.PENDING, request, "", attempts, System.currentTimeMillis());
    }

    /** Whether this is that prompt and not another of the same id. */
    boolean isOf(PromptRequest other) {
        return request.createdMillis() == other.createdMillis();
    }

    LedgerEntry cancelled() {
        return new LedgerEntry(State.CANCELLED, request, "", attempts, System.currentTimeMillis());
    }

    String toText() {
        var json = new LinkedHashMap<String, Object>();
        json.put("state", state.name());
        json.put("request", request.toJson());
        json.put("worker", worker);
        json.put("attempts", attempts);
        json.put("since", sinceMillis);
        return Json.write(json);
    }

    static LedgerEntry parse(String text) {
        var json = Json.parseObject(text);
        return new LedgerEntry(State.valueOf((String) json.get("state")), PromptRequest.of(Json.object(json.get("request")).orElseThrow()),
                (String) json.get("worker"), ((Number) json.get("attempts")).intValue(), ((Number) json.get("since")).longValue());
    }
}
