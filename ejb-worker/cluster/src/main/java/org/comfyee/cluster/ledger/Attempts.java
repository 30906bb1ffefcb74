package org.comfyee.cluster.ledger;

import org.comfyee.cluster.grid.Grid;
import org.comfyee.cluster.grid.GridMap;
import org.comfyee.cluster.queue.PromptRequest;

/**
 * How often prompts that have not ended were begun. It outlives this process, where the ledger may not: a prompt that takes
 * everything down each time must not be tried for ever.
 */
final class Attempts {
    private final GridMap counts;

    Attempts(Grid grid) {
        counts = grid.map(MapNames.ATTEMPTS);
    }

    private static String key(PromptRequest request) {
        return request.createdMillis() + " " + request.promptId();
    }

    int of(PromptRequest request) {
        return counts.get(key(request)).map(Integer::parseInt).orElse(0);
    }

    void set(PromptRequest request, int count) {
        counts.put(key(request), Integer.toString(count));
    }

    void forget(PromptRequest request) {
        counts.remove(key(request));
    }
}
