package org.comfyee.web.prompt;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.comfyee.cluster.Pause;
import org.comfyee.cluster.ledger.PromptLedger;
import org.comfyee.cluster.queue.PromptRequest;
import org.comfyee.cluster.queue.QueueUnavailableException;

/**
 * Sends prompts that a front end entered into the ledger and, since it died, may not have sent to the broker: else they would
 * stand in the queue for ever. If it had, there are two messages of one prompt, and the ledger lets it run once.
 */
public final class StrandedPrompts implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(StrandedPrompts.class.getName());
    /** Longer than a front end that lives tries to send a prompt. */
    private static final Duration PAUSE = Duration.ofSeconds(20);

    private final PromptLedger ledger;
    private final Sender sender;
    private final Thread looker;
    /** What was being sent at the last look, with the times of its making. */
    private Map<String, Long> seen = Map.of();

    /** Gives prompts to the broker. */
    @FunctionalInterface
    public interface Sender {
        void send(PromptRequest request) throws QueueUnavailableException;
    }

    public StrandedPrompts(PromptLedger ledger, Sender sender) {
        this(ledger, sender, PAUSE);
    }

    /** @param pause between two looks; what is being sent at both is stranded */
    StrandedPrompts(PromptLedger ledger, Sender sender, Duration pause) {
        this.ledger = ledger;
        this.sender = sender;
        looker = Thread.ofVirtual().name("stranded-prompts").start(() -> lookAgainAndAgain(pause));
    }

    private void lookAgainAndAgain(Duration pause) {
        while (Pause.of(pause)) {
            try {
                look();
            } catch (RuntimeException e) {
                LOG.log(Level.DEBUG, "stranded prompts have to wait: " + e.getMessage());
            }
        }
    }

    private void look() {
        var before = seen;
        var open = ledger.beingSent();
        seen = open.stream().collect(Collectors.toMap(PromptRequest::promptId, PromptRequest::createdMillis));
        open.stream().filter(request -> before.getOrDefault(request.promptId(), Long.MIN_VALUE) == request.createdMillis()).forEach(this::send);
    }

    private void send(PromptRequest request) {
        try {
            sender.send(request);
            ledger.accept(request);
            LOG.log(Level.WARNING, "prompt " + request.promptId() + " was left behind by a front end that is gone, and is sent to the broker now");
        } catch (QueueUnavailableException | RuntimeException e) {
            LOG.log(Level.DEBUG, "the stranded prompt " + request.promptId() + " has to wait: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        looker.interrupt();
    }
}
