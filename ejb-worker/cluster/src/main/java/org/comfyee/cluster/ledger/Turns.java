package org.comfyee.cluster.ledger;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Decides which of the waiting prompts is next. The prompts of one client keep the order of their numbers, whatever the
 * rules. Prompts that were put in front (numbers below 0) go before all others. Beyond that:
 *
 * <ul>
 *   <li>With fair shares the client that had the fewest turns is next; one that comes anew begins where the others are
 *       (start-time fair queueing: Goyal, Vin, Cheng 1996, with turns in place of bytes). Without, numbers decide among
 *       clients too, as in ComfyUI.
 *   <li>With preference for models a worker may pass over the next prompt a few times for one whose models it holds.
 * </ul>
 *
 * <p>Not safe for several threads.
 */
final class Turns {
    /** How often a prompt is passed over at most, and how many turns a client may get ahead by that. */
    static final int MOST_PASSES = 4;
    /** Clients that have had turns and wait for nothing are remembered up to that many. */
    private static final int MOST_IDLE = 1_000;

    /** A prompt that waits. */
    record Waiting(String id, LedgerEntry entry) {}

    private static final Comparator<Waiting> BY_NUMBER = Comparator.comparingDouble((Waiting waiting) -> waiting.entry().number())
            .thenComparingLong(waiting -> waiting.entry().createdMillis())
            .thenComparing(Waiting::id);

    /** The waiting prompts of a client. */
    private static final class Line {
        final TreeSet<Waiting> waiting = new TreeSet<>(BY_NUMBER);
        long turns;

        Waiting head() {
            return waiting.first();
        }
    }

    private final SchedulingRules rules;
    private final Map<String, Line> lines = new HashMap<>();
    private final Comparator<Line> order;
    /** The turns that the client had who was served last. */
    private long clock;
    private String passedOver = "";
    private int passes;

    Turns(SchedulingRules rules) {
        this.rules = rules;
        var byNumber = Comparator.comparing(Line::head, BY_NUMBER);
        order = rules.fairShare()
                ? Comparator.comparing((Line line) -> line.head().entry().number() >= 0)
                        .thenComparingLong(line -> line.head().entry().number() < 0 ? 0 : line.turns)
                        .thenComparing(byNumber)
                : byNumber;
    }

    void add(String id, LedgerEntry entry) {
        var line = lines.computeIfAbsent(entry.client(), _ -> new Line());
        if (line.waiting.isEmpty()) {
            line.turns = Math.max(line.turns, clock);
        }
        line.waiting.add(new Waiting(id, entry));
    }

    void remove(String id, LedgerEntry entry) {
        var line = lines.get(entry.client());
        if (line == null) {
            return;
        }
        line.waiting.remove(new Waiting(id, entry));
        if (line.waiting.isEmpty() && line.turns <= clock) {
            lines.remove(entry.client());
        }
    }

    /** Counts a turn of a client, on whichever worker. */
    void served(String client) {
        var line = lines.computeIfAbsent(client, _ -> new Line());
        line.turns = Math.max(line.turns, line.waiting.isEmpty() ? clock : 0);
        clock = Math.max(clock, line.turns);
        line.turns++;
        if (lines.size() > MOST_IDLE) {
            lines.values().removeIf(each -> each.waiting.isEmpty());
        }
    }

    /**
     * The prompt that is next.
     *
     * @param held file names of the models that the worker holds
     * @param mayHave whether the worker may have that prompt now
     */
    Optional<Waiting> next(Set<String> held, Predicate<Waiting> mayHave) {
        Line first = null;
        Line liked = null;
        for (var line : lines.values()) {
            if (line.waiting.isEmpty() || !mayHave.test(line.head())) {
                continue;
            }
            if (first == null || order.compare(line, first) < 0) {
                first = line;
            }
            if (liked == null || likes(line, liked, held)) {
                liked = line;
            }
        }
        if (first == null) {
            return Optional.empty();
        }
        var usual = first.head();
        boolean better = rules.preferModels() && usual.entry().number() >= 0 && affinity(usual.entry(), held) < affinity(liked.head().entry(), held);
        if (!better || rules.fairShare() && liked.turns - first.turns >= MOST_PASSES) {
            return Optional.of(usual);
        }
        if (!passedOver.equals(usual.id())) {
            passedOver = usual.id();
            passes = 0;
        }
        return Optional.of(passes++ < MOST_PASSES ? liked.head() : usual);
    }

    private boolean likes(Line one, Line other, Set<String> held) {
        int difference = Double.compare(affinity(one.head().entry(), held), affinity(other.head().entry(), held));
        return difference > 0 || difference == 0 && order.compare(one, other) < 0;
    }

    /** The share of a prompt's models that a worker holds; 1 if it needs none. */
    static double affinity(LedgerEntry prompt, Set<String> held) {
        if (prompt.models().isEmpty()) {
            return 1;
        }
        return (double) prompt.models().stream().filter(held::contains).count() / prompt.models().size();
    }
}
