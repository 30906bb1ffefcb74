package org.comfyee.cluster.ledger;

import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.comfyee.cluster.queue.PromptRequest;
import org.comfyee.cluster.worker.Controls;
import org.comfyee.cluster.worker.WorkerRegistry;

/** Gives workers their next prompts. */
public final class Scheduler {
    private static final System.Logger LOG = System.getLogger(Scheduler.class.getName());
    /** How often a worker that waits looks whether others have died, and how old its knowledge of them may be. */
    private static final long LOOK_MILLIS = 500;
    /** How often everything is read anew. */
    private static final long RELOAD_MILLIS = 10_000;
    /** So long a prompt is left to another worker that has nothing to do and holds more of its models. */
    private static final long COURTESY_MILLIS = 300;

    private final PromptLedger ledger;
    private final PromptIndex index;
    private final WorkerRegistry workers;
    private final Controls controls;
    private final SchedulingRules rules;
    /** What other workers hold, by worker id. */
    private volatile Map<String, Set<String>> others = Map.of();
    /** The workers of this process, which are alive. */
    private final Set<String> own = ConcurrentHashMap.newKeySet();
    private long looked = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS);
    private long reloaded = System.nanoTime();
    /** When a prompt was first left to somebody else. */
    private final Map<String, Long> left = new ConcurrentHashMap<>();

    /**
     * A prompt that a worker shall run, or end as an error.
     *
     * @param claim {@link Claim#RUN} or {@link Claim#EXHAUSTED}
     * @param request empty if the data grid lost it
     */
    public record Turn(String promptId, Claim claim, Optional<PromptRequest> request) {}

    /** Who asks for a prompt. */
    public interface Applicant {
        String id();

        /** File names of the models that it holds. */
        Set<String> models();
    }

    public Scheduler(PromptLedger ledger, WorkerRegistry workers, Controls controls, SchedulingRules rules) {
        this.ledger = ledger;
        index = ledger.index();
        this.workers = workers;
        this.controls = controls;
        this.rules = rules;
        controls.onChange(index::wake);
    }

    /**
     * Waits until it is a worker's turn.
     *
     * @param leaving whether the worker wants nothing more; {@link #wake} makes it looked at
     * @return empty if the worker is leaving
     */
    public Optional<Turn> next(Applicant worker, BooleanSupplier leaving) throws InterruptedException {
        own.add(worker.id());
        while (!leaving.getAsBoolean()) {
            look();
            long seen = index.changes();
            var turn = controls.holdsBack(worker.id()) ? Optional.<Turn>empty() : take(worker);
            if (turn.isPresent()) {
                return turn;
            }
            index.awaitChange(seen, left.isEmpty() ? LOOK_MILLIS : COURTESY_MILLIS);
        }
        return Optional.empty();
    }

    /** Makes all who wait look again. */
    public void wake() {
        index.wake();
    }

    private Optional<Turn> take(Applicant worker) {
        while (true) {
            var candidate = index.next(worker.models(), waiting -> !isLeftToAnother(waiting, worker));
            if (candidate.isEmpty()) {
                return Optional.empty();
            }
            var id = candidate.get().id();
            long asked = System.currentTimeMillis();
            var decision = ledger.claim(id, worker.id());
            var claim = decision.claim();
            if (claim == Claim.RUN || claim == Claim.EXHAUSTED) {
                LOG.log(Level.DEBUG, () -> new TurnLine(id, worker.id(), index.find(id).map(LedgerEntry::attempts).orElse(0), asked,
                        System.currentTimeMillis()).toString());
                return Optional.of(new Turn(id, claim, decision.request()));
            }
            if (claim == Claim.BUSY_ELSEWHERE) {
                index.disown(id);
            }
            // Otherwise the ledger has told the index how it really is, so that it is not offered again.
        }
    }

    private synchronized void look() {
        long now = System.nanoTime();
        if (now - looked < TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS)) {
            return;
        }
        looked = now;
        others = workers.models();
        var alive = new HashSet<>(others.keySet());
        alive.addAll(own);
        index.adopt(alive);
        left.keySet().removeIf(id -> index.find(id).isEmpty());
        if (now - reloaded > TimeUnit.MILLISECONDS.toNanos(RELOAD_MILLIS)) {
            reloaded = now;
            index.reload();
        }
    }

    /** Called with the index locked. */
    private boolean isLeftToAnother(Turns.Waiting waiting, Applicant worker) {
        if (!rules.preferModels() || others.size() < 2 || waiting.entry().models().isEmpty()) {
            return false;
        }
        double own = Turns.affinity(waiting.entry(), worker.models());
        if (own == 1) {
            return false;
        }
        boolean better = others.entrySet().stream()
                .filter(other -> !other.getKey().equals(worker.id()) && !index.isBusy(other.getKey()) && !controls.holdsBack(other.getKey()))
                .anyMatch(other -> Turns.affinity(waiting.entry(), other.getValue()) > own);
        if (!better) {
            return false;
        }
        long since = left.computeIfAbsent(waiting.id(), _ -> System.nanoTime());
        return System.nanoTime() - since < TimeUnit.MILLISECONDS.toNanos(COURTESY_MILLIS);
    }
}
