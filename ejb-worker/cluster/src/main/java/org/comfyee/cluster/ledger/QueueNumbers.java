package org.comfyee.cluster.ledger;

import java.util.function.LongSupplier;
import org.comfyee.cluster.grid.GridMap;

/** Places in the queue: all members count together. */
final class QueueNumbers {
    private static final String NUMBER = "number";

    private final GridMap counters;
    private final LongSupplier least;

    /** @param least a number that comes after those of all known prompts, for the data grid may lose the count */
    QueueNumbers(GridMap counters, LongSupplier least) {
        this.counters = counters;
        this.least = least;
    }

    /** From 0. */
    long next() {
        while (true) {
            var current = counters.get(NUMBER);
            if (current.isEmpty()) {
                counters.putIfAbsent(NUMBER, Long.toString(least.getAsLong()));
            } else {
                long next = Long.parseLong(current.get());
                if (counters.replace(NUMBER, current.get(), Long.toString(next + 1))) {
                    return next;
                }
            }
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
