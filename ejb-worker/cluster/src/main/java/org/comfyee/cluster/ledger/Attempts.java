package org.comfyee.cluster.ledger;

import org.comfyee.cluster.grid.Grid;
import org.comfyee.cluster.grid.GridMap;

/**
 * How often prompts that have not ended were begun. It outlives this process, where the ledger may not: a prompt that takes
 * everything down each time must not be tried for ever.
 */
final class Attempts {
    private final GridMap counts;

    Attempts(Grid grid) {
        counts = grid.map(MapNames.ATTEMPTS);
    }

    /** Tells prompts of the same id apart. */
    private static String key(String promptId, long createdMillis) {
        return createdMillis + " " + promptId;
    }

    int of(String promptId, long createdMillis) {
        return counts.get(key(promptId, createdMillis)).map(Integer::parseInt).orElse(0);
    }

    void set(String promptId, long createdMillis, int count) {
        counts.put(key(promptId, createdMillis), Integer.toString(count));
    }

    void forget(String promptId, long createdMillis) {
        counts.remove(key(promptId, createdMillis));
    }
}
