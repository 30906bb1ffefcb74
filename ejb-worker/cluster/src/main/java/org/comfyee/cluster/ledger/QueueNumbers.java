package org.comfyee.cluster.ledger;

import java.util.function.LongSupplier;
import org.comfyee.cluster.grid.GridMap;

/** Places in the queue: all members count together. */
final class QueueNumbers {
    private static final String NUMBER = "number";

    private final GridMap counters;
    private final LongSupplier least;
    /** What the count was when this member last counted: often it still is, if one front end takes all prompts. */
    private String last = "";

    /** @param least a number that comes after those of all known prompts, for the data grid may lose the count */
    QueueNumbers(GridMap counters, LongSupplier least) {
        this.counters = counters;
        this.least = least;
    }

    /** From 0. */
    synchronized long next() {
        while (true) {
            if (!last.isEmpty()) {
                long next = Long.parseLong(last);
                var following = Long.toString(next + 1);
                if (counters.replace(NUMBER, last, following)) {
                    last = following;
                    return next;
                }
            }
            var current = counters.get(NUMBER);
            if (current.isEmpty()) {
                counters.putIfAbsent(NUMBER, Long.toString(least.getAsLong()));
            }
            last = current.orElse("");
        }
    }

    /** Leaves out the numbers below. */
    void beginAt(long number) {
        while (true) {
            var current = counters.get(NUMBER);
            if (current.isPresent() && Long.parseLong(current.get()) >= number) {
                return;
            }
            if (current.isEmpty()
                    ? counters.putIfAbsent(NUMBER, Long.toString(Math.max(number, least.getAsLong())))
                    : counters.replace(NUMBER, current.get(), Long.toString(number))) {
                return;
            }
        }
    }
}
