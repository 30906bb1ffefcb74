package org.comfyee.worker;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import org.comfyee.cluster.Pause;
import org.comfyee.cluster.grid.Subscription;
import org.comfyee.cluster.ledger.PromptLedger;
import org.comfyee.cluster.ledger.PromptLedger.Outcome;
import org.comfyee.cluster.queue.PromptRequest;
import org.comfyee.cluster.queue.Settlement;

/**
 * Messages that this process was given and has not acknowledged, since their prompts wait or run, here or elsewhere. Each is
 * acknowledged when its prompt has ended, and that is safe on this process' disk, and not before. Nobody waits for that: ends
 * that come together go to disk together, while the next prompt runs.
 */
public final class ParkedMessages implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ParkedMessages.class.getName());
    /** For each session: enough that messages of short prompts come in while others run; those that wait here can be run anywhere. */
    private static final int ROOM = 16;
    private static final long LOOK_MILLIS = 1_000;
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final long CLOSE_SECONDS = 5;

    private final PromptLedger ledger;
    private final Predicate<String> runsHere;
    private final BooleanSupplier connected;
    private final Subscription subscription;
    private final Map<String, Parked> messages = new HashMap<>();
    /** Prompts that have left the ledger, of which it is to be asked how they ended. */
    private final BlockingQueue<PromptRequest> left = new LinkedBlockingQueue<>();
    private final BlockingQueue<Ended> ended = new LinkedBlockingQueue<>();
    private final ExecutorService acknowledgements = Executors.newSingleThreadExecutor(Thread.ofPlatform().name("acknowledgements").daemon().factory());
    private boolean closed;

    private record Parked(PromptRequest request, Message message) {}

    private record Ended(String promptId, Message message, Settlement settlement) {}

    /**
     * @param runsHere whether a prompt runs here; then {@link #settle} is called when it is recorded
     * @param connected whether the connection to the broker stands
     */
    ParkedMessages(PromptLedger ledger, Predicate<String> runsHere, BooleanSupplier connected) {
        this.ledger = ledger;
        this.runsHere = runsHere;
        this.connected = connected;
        subscription = ledger.onEnd(promptId -> {
            if (!runsHere.test(promptId)) {
                request(promptId).ifPresent(request -> {
                    left.add(request);
                    soon(this::settleLeft);
                });
            }
        });
    }

    void park(PromptRequest request, Message message) {
        Parked former;
        synchronized (this) {
            former = messages.put(request.promptId(), new Parked(request, message));
        }
        if (former != null) {
            // Delivered twice: only the newer one can still be acknowledged, or both are of the same prompt.
            acknowledge(former.message(), Settlement.ACCEPTED);
        }
        announce(request);
    }

    private void announce(PromptRequest request) {
        ledger.arrived(request).filter(_ -> !runsHere.test(request.promptId())).ifPresent(outcome -> settle(request.promptId(), outcome));
    }

    private void settleLeft() {
        for (var request = left.peek(); request != null; request = left.peek()) {
            try {
                settle(request);
                left.remove();
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, "the data grid does not tell yet how prompt " + request.promptId() + " ended, and its message stays in the broker: " + e.getMessage());
                if (!Pause.of(PAUSE)) {
                    return;
                }
            }
        }
        acknowledgeEnded();
    }

    private void settle(PromptRequest request) {
        var outcome = ledger.outcome(request.promptId());
        if (outcome.isPresent()) {
            end(request.promptId(), outcome.get());
        } else {
            // It was struck out at the moment in which its message came.
            announce(request);
        }
    }

    /** Tells the ledger of all prompts that are here, for it may have lost some, which nobody else would tell it again. */
    void announceAll() {
        List<PromptRequest> here;
        synchronized (this) {
            here = messages.values().stream().map(Parked::request).filter(request -> !runsHere.test(request.promptId())).toList();
        }
        here.forEach(this::announce);
    }

    /** The prompt of a message that is here. */
    synchronized Optional<PromptRequest> request(String promptId) {
        return Optional.ofNullable(messages.get(promptId)).map(Parked::request);
    }

    /** Has the message of a prompt that has ended acknowledged, if it is here. */
    void settle(String promptId) {
        synchronized (this) {
            if (!messages.containsKey(promptId)) {
                return;
            }
        }
        ledger.outcome(promptId).ifPresent(outcome -> settle(promptId, outcome));
    }

    /** The same, of a prompt of which it is known how it ended. */
    void settle(String promptId, Outcome outcome) {
        if (end(promptId, outcome)) {
            soon(this::acknowledgeEnded);
        }
    }

    /** @return whether a message of that prompt was here, and is to be acknowledged */
    private boolean end(String promptId, Outcome outcome) {
        Parked parked;
        synchronized (this) {
            parked = messages.remove(promptId);
            notifyAll();
        }
        if (parked != null) {
            ended.add(new Ended(promptId, parked.message(), outcome == Outcome.EXHAUSTED ? Settlement.REJECTED : Settlement.ACCEPTED));
        }
        return parked != null;
    }

    /** Has something done by another thread: who tells of an end must not wait for anything. */
    private void soon(Runnable action) {
        try {
            acknowledgements.execute(action);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "a prompt ended too late for its message, which returns to the broker");
        }
    }

    private void acknowledgeEnded() {
        var together = new ArrayList<Ended>();
        ended.drainTo(together);
        if (together.isEmpty()) {
            return;
        }
        var promptIds = together.stream().map(Ended::promptId).toList();
        boolean kept = kept(promptIds);
        while (!kept && Pause.of(PAUSE)) {
            kept = kept(promptIds);
        }
        if (kept) {
            together.forEach(each -> acknowledge(each.message(), each.settlement()));
        }
    }

    private boolean kept(List<String> promptIds) {
        try {
            ledger.keepEnds(promptIds);
            return true;
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "how prompts ended cannot be kept yet, and their messages stay in the broker: " + e.getMessage());
            return false;
        }
    }

    private static void acknowledge(Message message, Settlement settlement) {
        try {
            settlement.settle(message);
        } catch (JMSException e) {
            // The connection is gone; the broker gives the message out again, and it is then known that the prompt has ended.
            LOG.log(Level.DEBUG, "a message could not be acknowledged: " + e.getMessage());
        }
    }

    /** Sends a message to the dead letters. */
    static void reject(Message message) {
        acknowledge(message, Settlement.REJECTED);
    }

    /**
     * Waits until another message may come.
     *
     * @param sessions how many run prompts here
     */
    synchronized void awaitRoom(IntSupplier sessions) throws InterruptedException {
        while (messages.size() >= ROOM * sessions.getAsInt() && !closed) {
            if (!connected.getAsBoolean()) {
                // The broker has taken back all that it gave over that connection.
                messages.clear();
                return;
            }
            wait(LOOK_MILLIS);
        }
    }

    /** Leaves the messages of prompts that have not ended to the broker, which takes them back when the connection ends. */
    @Override
    public void close() {
        subscription.close();
        acknowledgements.shutdown();
        try {
            if (!acknowledgements.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                acknowledgements.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            closed = true;
            messages.clear();
            notifyAll();
        }
    }
}
