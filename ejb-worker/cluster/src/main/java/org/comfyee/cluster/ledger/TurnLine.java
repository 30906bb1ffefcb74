package org.comfyee.cluster.ledger;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the log says, at the level DEBUG, of a prompt that was given to a worker: the order in which prompts got their turn
 * cannot be told from when they began, since workers need more or less time to begin.
 *
 * @param attempt how many workers have been given it by now; from 2 on those before have died or failed
 * @param askedMillis before the ledger was asked for it, since 1970
 * @param givenMillis after the ledger had given it
 */
public record TurnLine(String promptId, String worker, int attempt, long askedMillis, long givenMillis) {
    private static final Pattern LINE = Pattern.compile("turn of prompt (\\S+): worker (\\S+), attempt (\\d+), asked at (\\d+), given at (\\d+)");

    /** @return empty if a line of the log is about something else */
    public static Optional<TurnLine> parse(String line) {
        var found = LINE.matcher(line);
        return found.find()
                ? Optional.of(new TurnLine(found.group(1), found.group(2), Integer.parseInt(found.group(3)), Long.parseLong(found.group(4)), Long.parseLong(found.group(5))))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return "turn of prompt %s: worker %s, attempt %d, asked at %d, given at %d".formatted(promptId, worker, attempt, askedMillis, givenMillis);
    }
}
