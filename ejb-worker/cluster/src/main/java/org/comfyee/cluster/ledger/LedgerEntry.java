package org.comfyee.cluster.ledger;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.comfyee.cluster.queue.PromptRequest;
import org.comfyee.workflow.json.Json;

/**
 * How an unfinished prompt stands, and what decides when it gets its turn; small, since all members keep all of them.
 *
 * @param version grows with each change of the entry
 * @param number place in the queue
 * @param createdMillis tells it from another prompt of the same id
 * @param client who sent it; empty if that is unknown
 * @param models file names of the models that it needs
 * @param worker who runs it; empty if nobody does
 * @param attempts how many workers have begun it
 */
record LedgerEntry(State state, int version, double number, long createdMillis, String client, Set<String> models, String worker, int attempts) {

    enum State {
        /** The broker is being asked to store it. */
        ENTERED,
        /** The broker has it, and whoever has nothing to do may run it. */
        PENDING,
        /** It waited or ran when the data grid lost it; the broker is expected to give it out, and nobody runs it before. */
        RECALLED,
        RUNNING,
        /** Being taken back. */
        CANCELLED,
        /** Being struck out since nobody has its message; it may come again. */
        FORGOTTEN;

        /** Whether the prompt waits, as clients see it. */
        boolean isWaiting() {
            return this == ENTERED || this == PENDING || this == RECALLED;
        }
    }

    static LedgerEntry of(PromptRequest request, State state) {
        return new LedgerEntry(state, 0, request.number().doubleValue(), request.createdMillis(), request.clientId().orElse(""), request.models(), "", 0);
    }

    private LedgerEntry become(State next, String newWorker, int newAttempts) {
        return new LedgerEntry(next, version + 1, number, createdMillis, client, models, newWorker, newAttempts);
    }

    LedgerEntry accepted() {
        return become(State.PENDING, "", attempts);
    }

    LedgerEntry runningOn(String newWorker, int newAttempts) {
        return become(State.RUNNING, newWorker, newAttempts);
    }

    /** @param counted whether the attempt that failed counts */
    LedgerEntry waitingAgain(boolean counted) {
        return become(State.PENDING, "", counted ? attempts : attempts - 1);
    }

    LedgerEntry cancelled() {
        return become(State.CANCELLED, "", attempts);
    }

    LedgerEntry forgotten() {
        return become(State.FORGOTTEN, "", attempts);
    }

    boolean runsOn(String someWorker) {
        return state == State.RUNNING && worker.equals(someWorker);
    }

    /** Whether it waits for its turn or runs: such a prompt leaves the ledger only with its end. */
    boolean isTurnOrRun() {
        return state == State.PENDING || state == State.RUNNING;
    }

    /** Whether nobody has said yet that the broker has it. */
    boolean isUnconfirmed() {
        return state == State.ENTERED || state == State.RECALLED;
    }

    /** Whether this is that prompt and not another of the same id. */
    boolean isOf(PromptRequest other) {
        return createdMillis == other.createdMillis();
    }

    boolean isNewerThan(LedgerEntry other) {
        return createdMillis > other.createdMillis || createdMillis == other.createdMillis && version > other.version;
    }

    String toText() {
        var json = new LinkedHashMap<String, Object>();
        json.put("state", state.name());
        json.put("version", version);
        json.put("number", number);
        json.put("created", createdMillis);
        json.put("client", client);
        json.put("models", List.copyOf(models));
        json.put("worker", worker);
        json.put("attempts", attempts);
        return Json.write(json);
    }

    static LedgerEntry parse(String text) {
        var json = Json.parseObject(text);
        var models = new TreeSet<String>();
        ((List<?>) json.get("models")).forEach(model -> models.add((String) model));
        return new LedgerEntry(State.valueOf((String) json.get("state")), ((Number) json.get("version")).intValue(),
                ((Number) json.get("number")).doubleValue(), ((Number) json.get("created")).longValue(), (String) json.get("client"), models,
                (String) json.get("worker"), ((Number) json.get("attempts")).intValue());
    }
}
