package org.comfyee.cluster.ledger;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.comfyee.cluster.grid.Grid;
import org.comfyee.cluster.grid.GridMap;
import org.comfyee.cluster.grid.Subscription;
import org.comfyee.cluster.queue.PromptRequest;

/** The prompts that were accepted and are not finished, and who runs which. */
public final class PromptLedger implements AutoCloseable {
    /** Long enough for any message that is delivered twice. */
    private static final Duration REMEMBER_FINISHED = Duration.ofHours(24);

    private final Grid grid;
    private final GridMap open;
    private final GridMap requests;
    private final GridMap finished;
    private final GridMap history;
    private final Attempts begun;
    private final PromptIndex index;
    private final QueueNumbers numbers;
    private final Predicate<String> isWorkerAlive;
    private final int mostAttempts;

    /** How prompts end. */
    public enum Outcome {
        FINISHED,
        CANCELLED,
        /** Ended as an error since it took down too many workers: a case for the dead letters. */
        EXHAUSTED
    }

    public PromptLedger(Grid grid, Predicate<String> isWorkerAlive, int mostAttempts, SchedulingRules rules) {
        this.grid = grid;
        open = grid.map(MapNames.OPEN);
        requests = grid.map(MapNames.REQUESTS);
        finished = grid.map(MapNames.FINISHED);
        history = grid.map(MapNames.HISTORY);
        begun = new Attempts(grid);
        index = new PromptIndex(open, id -> finished.recall(id).isPresent(), rules);
        numbers = new QueueNumbers(grid.map("comfyee.counters"), () -> Math.max(index.nextNumber(), new History(grid).nextNumber()));
        this.isWorkerAlive = isWorkerAlive;
        this.mostAttempts = mostAttempts;
        recall();
    }

    /** Enters prompts again of which no more is left than what they are. */
    private void recall() {
        requests.keys().stream().filter(id -> index.find(id).isEmpty()).forEach(id -> request(id).ifPresent(this::recall));
    }

    private void recall(PromptRequest request) {
        var id = request.promptId();
        if (isFinished(id)) {
            requests.remove(id);
            return;
        }
        var entry = LedgerEntry.of(request, LedgerEntry.State.RECALLED);
        if (open.putIfAbsent(id, entry.toText())) {
            index.put(id, entry);
            // It may have ended or have been withdrawn meanwhile.
            if (isFinished(id) || requests.get(id).isEmpty()) {
                remove(id, Optional.of(entry));
            }
        }
    }

    /** The next place in the queue, from 0. */
    public long nextNumber() {
        return numbers.next();
    }

    /** Enters a prompt that is about to be sent; an unfinished one of the same id is replaced. */
    public void enter(PromptRequest request) {
        if (isFinished(request.promptId())) {
            finished.remove(request.promptId());
        }
        var entry = LedgerEntry.of(request, LedgerEntry.State.ENTERED);
        grid.put(List.of(new Grid.Entry(MapNames.REQUESTS, request.promptId(), request.toText(), Duration.ZERO),
                new Grid.Entry(MapNames.OPEN, request.promptId(), entry.toText(), Duration.ZERO)));
        index.put(request.promptId(), entry);
    }

    /** Removes a prompt that could not be sent, as its client learns; should the broker have it all the same, it is not run. */
    public void withdraw(String promptId) {
        finished.put(promptId, Outcome.CANCELLED.name(), REMEMBER_FINISHED);
        remove(promptId, index.find(promptId));
    }

    private void remove(String promptId, Optional<LedgerEntry> last) {
        grid.remove(promptId, List.of(MapNames.OPEN, MapNames.REQUESTS));
        index.remove(promptId, last);
    }

    /** Lets workers run a prompt that was entered or recalled: the broker has it. Whoever learns that first says so. */
    public void accept(PromptRequest request) {
        find(request.promptId())
                .filter(entry -> entry.isOf(request) && entry.isUnconfirmed())
                .filter(entry -> !change(request.promptId(), entry, entry.accepted()))
                // Either another was first, or the data grid has just lost it.
                .filter(_ -> find(request.promptId()).isEmpty() && !isFinished(request.promptId()))
                .ifPresent(_ -> restore(request));
    }

    /** The entry as this member knows it; a prompt of which it has no news is looked up. */
    private Optional<LedgerEntry> find(String promptId) {
        return index.find(promptId).or(() -> index.read(promptId));
    }

    /** @return whether the entry was as expected */
    private boolean change(String promptId, LedgerEntry expected, LedgerEntry next) {
        if (open.replace(promptId, expected.toText(), next.toText())) {
            index.put(promptId, next);
            return true;
        }
        index.read(promptId);
        return false;
    }

    /** Prompts that wait, in the order of their numbers. */
    public List<PromptRequest> pending() {
        return requests(entry -> entry.state().isWaiting());
    }

    /** Prompts that the broker is being asked to store. */
    public List<PromptRequest> beingSent() {
        return requests(entry -> entry.state() == LedgerEntry.State.ENTERED);
    }

    /** Ids of prompts that are known from disk, and that the broker has not given out since. */
    public List<String> recalledIds() {
        return index.ids(entry -> entry.state() == LedgerEntry.State.RECALLED);
    }

    /** Whether all that is known here is from disk. */
    public boolean knowsNoneForSure() {
        return index.ids(entry -> entry.state() != LedgerEntry.State.RECALLED).isEmpty();
    }

    /**
     * Strikes out a prompt that was recalled and that the broker does not have. Should it give it out after all, it is entered
     * and run.
     *
     * @return whether it stood there like that
     */
    public boolean forget(String promptId) {
        return strikeOut(promptId, index.read(promptId).filter(known -> known.state() == LedgerEntry.State.RECALLED));
    }

    /** Strikes out a prompt of which no more is known than that; it is entered again with its message. */
    public void setAside(String promptId) {
        strikeOut(promptId, index.read(promptId));
    }

    private boolean strikeOut(String promptId, Optional<LedgerEntry> entry) {
        if (entry.isEmpty() || !change(promptId, entry.get(), entry.get().forgotten())) {
            return false;
        }
        remove(promptId, index.find(promptId));
        return true;
    }

    /** Prompts that run. */
    public List<PromptRequest> running() {
        return requests(entry -> entry.state() == LedgerEntry.State.RUNNING);
    }

    /** Ids of the prompts of a client that run, in the order of their numbers. */
    public List<String> runningIds(String clientId) {
        return index.ids(entry -> entry.state() == LedgerEntry.State.RUNNING && entry.client().equals(clientId));
    }

    private List<PromptRequest> requests(Predicate<LedgerEntry> wanted) {
        var ids = index.ids(wanted);
        var texts = requests.recallAll(Set.copyOf(ids));
        return ids.stream().map(texts::get).filter(Objects::nonNull).map(PromptRequest::parse).toList();
    }

    /** Ids of the prompts that wait, in the order of their numbers. */
    public List<String> pendingIds() {
        return index.ids(entry -> entry.state().isWaiting());
    }

    /** The whole of a prompt that is not finished. */
    public Optional<PromptRequest> request(String promptId) {
        return requests.recall(promptId).map(PromptRequest::parse);
    }

    /** How many prompts wait or run. */
    public int remaining() {
        return index.size();
    }

    /** Whether a prompt waits or runs. */
    public boolean isOpen(String promptId) {
        return index.read(promptId).isPresent();
    }

    /** Takes a waiting prompt back. @return whether it was waiting */
    public boolean cancel(String promptId) {
        while (true) {
            var entry = index.read(promptId);
            if (entry.isEmpty() || !entry.get().state().isWaiting()) {
                return false;
            }
            // Whoever claims it meanwhile sees either of the two.
            if (change(promptId, entry.get(), entry.get().cancelled())) {
                finished.put(promptId, Outcome.CANCELLED.name(), REMEMBER_FINISHED);
                remove(promptId, entry);
                return true;
            }
        }
    }

    /**
     * What a worker that would run a prompt shall do.
     *
     * @param request the prompt; empty if it is not this worker's, or if the data grid lost it
     */
    public record Decision(Claim claim, Optional<PromptRequest> request) {
        private static Decision not(Claim claim) {
            return new Decision(claim, Optional.empty());
        }
    }

    /** Decides for a worker that would run a prompt. */
    public Decision claim(String promptId, String worker) {
        while (true) {
            var entry = find(promptId);
            if (entry.isEmpty() || entry.get().state() == LedgerEntry.State.CANCELLED) {
                return Decision.not(Claim.DROP);
            }
            if (runsElsewhere(entry.get(), worker)) {
                return Decision.not(Claim.BUSY_ELSEWHERE);
            }
            var known = grid.get(promptId, List.of(MapNames.FINISHED, MapNames.REQUESTS));
            if (known.getFirst().isPresent()) {
                // It came back with a part of the cluster that was cut off.
                remove(promptId, entry);
                return Decision.not(Claim.DROP);
            }
            int attempts = Math.max(entry.get().attempts(), begun.of(promptId, entry.get().createdMillis())) + 1;
            if (change(promptId, entry.get(), entry.get().runningOn(worker, attempts))) {
                begun.set(promptId, entry.get().createdMillis(), attempts);
                return new Decision(attempts > mostAttempts ? Claim.EXHAUSTED : Claim.RUN, known.getLast().map(PromptRequest::parse).or(() -> request(promptId)));
            }
        }
    }

    private boolean runsElsewhere(LedgerEntry entry, String worker) {
        return entry.state() == LedgerEntry.State.RUNNING && !entry.runsOn(worker) && isWorkerAlive.test(entry.worker());
    }

    /**
     * Enters a prompt that the broker has given out, if the ledger does not know it: then the whole cluster was restarted, and
     * the message is all that is left.
     *
     * @return how the prompt ended if it need not be run, as it ended or another has come in its place
     */
    public Optional<Outcome> arrived(PromptRequest request) {
        var id = request.promptId();
        var entry = find(id);
        if (entry.isEmpty()) {
            var outcome = outcome(id);
            if (outcome.isPresent()) {
                return outcome;
            }
            restore(request);
            return outcome(id);
        }
        if (!entry.get().isOf(request)) {
            return Optional.of(Outcome.CANCELLED);
        }
        accept(request);
        return Optional.empty();
    }

    /**
     * Makes a prompt wait again that its worker could not run.
     *
     * @param counted whether the attempt counts
     */
    public void giveBack(PromptRequest request, String worker, boolean counted) {
        index.read(request.promptId())
                .filter(entry -> entry.isOf(request) && entry.runsOn(worker))
                .filter(entry -> change(request.promptId(), entry, entry.waitingAgain(counted)))
                .ifPresent(entry -> begun.set(request.promptId(), request.createdMillis(), entry.waitingAgain(counted).attempts()));
    }

    /** Whether a prompt has ended or was taken back. */
    public boolean isFinished(String promptId) {
        return outcome(promptId).isPresent();
    }

    /** How a prompt ended; empty while it waits or runs. */
    public Optional<Outcome> outcome(String promptId) {
        return finished.get(promptId).map(Outcome::valueOf);
    }

    /**
     * Makes sure that a worker which has run a prompt is the one to record its end: another may have been given the prompt while
     * this one could not be heard of.
     *
     * @return whether it is; from then on no other is, as long as this one lives
     */
    public boolean claimEnd(PromptRequest request, String worker) {
        while (true) {
            var answers = new ArrayList<Optional<String>>();
            var entry = index.read(request.promptId(), () -> {
                answers.addAll(grid.get(request.promptId(), List.of(MapNames.OPEN, MapNames.FINISHED)));
                return answers.getFirst();
            });
            if (answers.getLast().isPresent() || entry.filter(each -> !each.isOf(request)).isPresent()) {
                return false;
            }
            if (entry.isEmpty()) {
                // The members that knew it died at once; nobody else can have it.
                return true;
            }
            if (entry.get().runsOn(worker)) {
                return true;
            }
            if (entry.get().state() == LedgerEntry.State.CANCELLED || runsElsewhere(entry.get(), worker)) {
                return false;
            }
            if (change(request.promptId(), entry.get(), entry.get().runningOn(worker, entry.get().attempts()))) {
                return true;
            }
        }
    }

    /**
     * Strikes a prompt out, unless another of the same id has come in its place.
     *
     * @param results what else is to be kept of it; no later than that it has ended
     */
    public void finish(PromptRequest request, Outcome outcome, Grid.Entry... results) {
        var promptId = request.promptId();
        var entry = find(promptId);
        if (entry.filter(each -> !each.isOf(request)).isPresent()) {
            return;
        }
        var entries = new ArrayList<>(List.of(results));
        entries.add(new Grid.Entry(MapNames.FINISHED, promptId, outcome.name(), REMEMBER_FINISHED));
        grid.put(entries);
        begun.forget(promptId, request.createdMillis());
        remove(promptId, entry);
    }

    /** Makes sure that this member can say how prompts ended even after a power cut, so that all else of them may be forgotten. */
    public void keepEnds(Collection<String> promptIds) {
        promptIds.forEach(id -> {
            finished.retain(id);
            history.retain(id);
        });
        grid.settle();
    }

    /** Enters a prompt that the broker holds and the ledger may have forgotten, since the whole cluster was restarted. */
    public void restore(PromptRequest request) {
        if (request.number() instanceof Long number) {
            numbers.beginAt(number + 1);
        }
        requests.putIfAbsent(request.promptId(), request.toText());
        open.putIfAbsent(request.promptId(), LedgerEntry.of(request, LedgerEntry.State.PENDING).toText());
        index.read(request.promptId());
        accept(request);
        // A worker may have ended it between the look into the broker and now.
        if (isFinished(request.promptId())) {
            remove(request.promptId(), index.find(request.promptId()));
        }
    }

    /**
     * Forgets what the data grid has lost, or recalls it from disk, and strikes out what has ended and came back with a part of
     * the cluster that was cut off and did not know.
     */
    public void reconcile() {
        index.reload();
        recall();
        open.keys().stream().filter(this::isFinished).forEach(id -> remove(id, index.find(id)));
    }

    /** Lets a listener know of each prompt that ended or was taken back, wherever that happens. */
    public Subscription onEnd(Consumer<String> listener) {
        return index.onEnd(listener);
    }

    PromptIndex index() {
        return index;
    }

    @Override
    public void close() {
        index.close();
    }
}
