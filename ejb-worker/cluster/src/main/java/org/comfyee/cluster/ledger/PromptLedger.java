package org.comfyee.cluster.ledger;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.comfyee.cluster.grid.Grid;
import org.comfyee.cluster.grid.GridMap;
import org.comfyee.cluster.queue.PromptRequest;

/** The prompts that were accepted and are not finished, and who runs which. */
public final class PromptLedger {
    /** Long enough for any message that is delivered twice. */
    private static final Duration REMEMBER_FINISHED = Duration.ofHours(24);
    private static final String NUMBER = "number";

    private final GridMap open;
    private final GridMap finished;
    private final GridMap counters;
    private final Attempts begun;
    private final Predicate<String> isWorkerAlive;
    private final int mostAttempts;

    public PromptLedger(Grid grid, Predicate<String> isWorkerAlive, int mostAttempts) {
        open = grid.map("comfyee.prompts");
        finished = grid.map(MapNames.FINISHED);
        counters = grid.map("comfyee.counters");
        begun = new Attempts(grid);
        this.isWorkerAlive = isWorkerAlive;
        this.mostAttempts = mostAttempts;
    }

    /** The next place in the queue, from 0. */
    public long nextNumber() {
        while (true) {
            var current = counters.get(NUMBER);
            if (current.isEmpty()) {
                counters.putIfAbsent(NUMBER, "0");
            } else {
                long next = Long.parseLong(current.get());
                if (counters.replace(NUMBER, current.get(), Long.toString(next + 1))) {
                    return next;
                }
            }
        }
    }

    /** Enters a prompt that is about to be sent; an unfinished one of the same id is replaced. */
    public void enter(PromptRequest request) {
        if (isFinished(request.promptId())) {
            finished.remove(request.promptId());
        }
        open.put(request.promptId(), LedgerEntry.pending(request).toText());
    }

    /** Removes a prompt that could not be sent. */
    public void withdraw(String promptId) {
        open.remove(promptId);
    }

    /** Prompts that wait, in the order of their numbers. */
    public List<PromptRequest> pending() {
        return requests(LedgerEntry.State.PENDING);
    }

    /** Prompts that run. */
    public List<PromptRequest> running() {
        return requests(LedgerEntry.State.RUNNING);
    }

    private List<PromptRequest> requests(LedgerEntry.State state) {
        return open.entries().values().stream()
                .map(LedgerEntry::parse)
                .filter(entry -> entry.state() == state)
                .map(LedgerEntry::request)
                .sorted(Comparator.comparingDouble((PromptRequest request) -> request.number().doubleValue())
                        .thenComparingLong(PromptRequest::createdMillis))
                .toList();
    }

    /** How many prompts wait or run. */
    public int remaining() {
        return open.size();
    }

    /** Whether a prompt waits or runs. */
    public boolean isOpen(String promptId) {
        return open.get(promptId).isPresent();
    }

    /** Takes a waiting prompt back. @return whether it was waiting */
    public boolean cancel(String promptId) {
        while (true) {
            var text = open.get(promptId);
            if (text.isEmpty()) {
                return false;
            }
            var entry = LedgerEntry.parse(text.get());
            if (entry.state() != LedgerEntry.State.PENDING) {
                return false;
            }
            // Whoever claims it meanwhile sees either of the two.
            if (open.replace(promptId, text.get(), entry.cancelled().toText())) {
                finished.put(promptId, "cancelled", REMEMBER_FINISHED);
                open.remove(promptId);
                return true;
            }
        }
    }

    /** Decides for a worker that the broker gave a prompt to. */
    public Claim claim(PromptRequest request, String worker) {
        while (true) {
            if (isFinished(request.promptId())) {
                return Claim.DROP;
            }
            var text = open.get(request.promptId());
            if (text.isEmpty()) {
                // The whole cluster was restarted: the message is all that is left of the prompt.
                open.putIfAbsent(request.promptId(), LedgerEntry.pending(request).toText());
                continue;
            }
            var entry = LedgerEntry.parse(text.get());
            if (entry.state() == LedgerEntry.State.CANCELLED || !entry.isOf(request)) {
                return Claim.DROP;
            }
            boolean taken = entry.state() == LedgerEntry.State.RUNNING && !entry.worker().equals(worker);
            if (taken && isWorkerAlive.test(entry.worker())) {
                return Claim.BUSY_ELSEWHERE;
            }
            int attempts = Math.max(entry.attempts(), begun.of(request));
            if (attempts >= mostAttempts) {
                return Claim.EXHAUSTED;
            }
            if (open.replace(request.promptId(), text.get(), entry.runningOn(worker, attempts + 1).toText())) {
                begun.set(request, attempts + 1);
                return Claim.RUN;
            }
        }
    }

    /** Makes a prompt wait again that its worker could not run; the attempt counts. */
    public void giveBack(PromptRequest request, String worker) {
        open.get(request.promptId()).ifPresent(text -> {
            var entry = LedgerEntry.parse(text);
            if (entry.isOf(request) && entry.state() == LedgerEntry.State.RUNNING && entry.worker().equals(worker)) {
                open.replace(request.promptId(), text, entry.waitingAgain().toText());
            }
        });
    }

    /** Whether a prompt has ended or was taken back. */
    public boolean isFinished(String promptId) {
        return finished.get(promptId).isPresent();
    }

    /** Strikes a prompt out, unless another of the same id has come in its place. */
    public void finish(PromptRequest request) {
        var promptId = request.promptId();
        if (open.get(promptId).map(LedgerEntry::parse).filter(entry -> !entry.isOf(request)).isPresent()) {
            return;
        }
        finished.put(promptId, "finished", REMEMBER_FINISHED);
        begun.forget(request);
        open.remove(promptId);
    }

    /** Enters a prompt that the broker holds and the ledger may have forgotten, since the whole cluster was restarted. */
    public void restore(PromptRequest request) {
        if (request.number() instanceof Long number) {
            numbersBegin(number + 1);
        }
        open.putIfAbsent(request.promptId(), LedgerEntry.pending(request).toText());
        // A worker may have ended it between the look into the broker and now.
        if (isFinished(request.promptId())) {
            open.remove(request.promptId());
        }
    }

    /** Strikes out what has ended, and came back with a part of the cluster that was cut off and did not know. */
    public void reconcile() {
        open.keys().stream().filter(this::isFinished).forEach(open::remove);
    }

    private void numbersBegin(long least) {
        while (true) {
            var current = counters.get(NUMBER);
            if (current.isPresent() && Long.parseLong(current.get()) >= least) {
                return;
            }
            if (current.isEmpty() ? counters.putIfAbsent(NUMBER, Long.toString(least)) : counters.replace(NUMBER, current.get(), Long.toString(least))) {
                return;
            }
        }
    }
}
