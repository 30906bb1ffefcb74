package org.comfyee.cluster.ledger;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Strikes out prompts that are known from disk and that the broker does not have, since they ended while this member was
 * away or were removed from the broker: they would be listed for ever.
 */
public final class RecalledPrompts {
    /** A worker that waited so long for a message has shown that there is none which is not with another worker. */
    static final Duration SILENCE = Duration.ofSeconds(10);

    private final PromptLedger ledger;
    private final LongSupplier nanos;
    private final Map<String, Long> firstSeen = new HashMap<>();

    public RecalledPrompts(PromptLedger ledger) {
        this(ledger, System::nanoTime);
    }

    /** @param nanos a clock */
    RecalledPrompts(PromptLedger ledger, LongSupplier nanos) {
        this.ledger = ledger;
        this.nanos = nanos;
    }

    /**
     * Called time and again.
     *
     * @param silence how long this process has waited in vain for a message
     * @return ids of prompts that were struck out
     */
    public synchronized List<String> look(Duration silence) {
        long now = nanos.getAsLong();
        var recalled = ledger.recalledIds();
        firstSeen.keySet().retainAll(new HashSet<>(recalled));
        recalled.forEach(id -> firstSeen.putIfAbsent(id, now));
        if (silence.compareTo(SILENCE) < 0) {
            return List.of();
        }
        // Others may just be telling of what they hold.
        return recalled.stream().filter(id -> now - firstSeen.get(id) >= SILENCE.toNanos()).filter(ledger::forget).toList();
    }
}
